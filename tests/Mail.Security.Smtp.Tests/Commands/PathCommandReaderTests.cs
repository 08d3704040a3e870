using System.Globalization;

namespace Mail.Security.Smtp.Tests.Commands;

public sealed class PathCommandReaderTests
{
    [Theory]
    [InlineData("FROM:<>", "", "")]
    [InlineData("from:<a@b.example>", "a@b.example", "")]
    [InlineData("FROM: <a@b.example>", "a@b.example", "")]
    [InlineData("FROM:<a@b.example> SIZE=1 BODY=8BITMIME SMTPUTF8", "a@b.example", "SIZE=1,BODY=8BITMIME,SMTPUTF8")]
    [InlineData("FROM:<a@b.example>  SIZE=1  ", "a@b.example", "SIZE=1")]
    [InlineData("FROM:<\"a>b\\\"c>\"@d.example> X-1=!~", "\"a>b\\\"c>\"@d.example", "X-1=!~")]
    [InlineData("FROM:<@x.example,@y.example:a@b.example>", "@x.example,@y.example:a@b.example", "")]
    [InlineData("FROM:<a@[IPv6:2001:db8::1]>", "a@[IPv6:2001:db8::1]", "")]
    [InlineData("FROM:<a@b.example> ENVID=\u00E4", "a@b.example", "ENVID=\u00E4")]
    [Trait("rfc", "5321#4.1.2")]
    public void TryReadMail_OfTheGrammar_GivesPathAndParameters(string argument, string path, string parameters)
    {
        Assert.True(PathCommandReader.TryReadMail(Wire.Bytes(argument), out var found, out var list, out var fault));
        Assert.Equal(SyntaxFault.None, fault);
        Assert.Equal((path, parameters), (Wire.Text(found), Join(list)));
        Assert.Equal(parameters.Length == 0 ? 0 : parameters.Split(',').Length, list.Count);
    }

    [Theory]
    [InlineData("", SyntaxFault.MissingPathKeyword)]
    [InlineData("TO:<a@b.example>", SyntaxFault.MissingPathKeyword)]
    [InlineData("FROM <a@b.example>", SyntaxFault.MissingPathKeyword)]
    [InlineData("FROM:", SyntaxFault.MissingAngleBrackets)]
    [InlineData("FROM:a@b.example", SyntaxFault.MissingAngleBrackets)]
    [InlineData("FROM:<a@b.example", SyntaxFault.MissingAngleBrackets)]
    [InlineData("FROM:<\"a>@b.example", SyntaxFault.MissingAngleBrackets)]
    [InlineData("FROM:<\"a\\", SyntaxFault.MissingAngleBrackets)]
    [InlineData("FROM:<a@b.example>SIZE=1", SyntaxFault.BadParameter)]
    [InlineData("FROM:<a@b.example>>", SyntaxFault.BadParameter)]
    [InlineData("FROM:<a\\>b@c.example>", SyntaxFault.BadParameter)]        // a backslash quotes only inside quotes
    [InlineData("FROM:<a@b.example>\tSIZE=1", SyntaxFault.BadParameter)]
    [InlineData("FROM:<a@b.example> SIZE=", SyntaxFault.BadParameter)]
    [InlineData("FROM:<a@b.example> =1", SyntaxFault.BadParameter)]
    [InlineData("FROM:<a@b.example> -SIZE=1", SyntaxFault.BadParameter)]
    [InlineData("FROM:<a@b.example> SI_ZE=1", SyntaxFault.BadParameter)]
    [InlineData("FROM:<a@b.example> SIZE=1=2", SyntaxFault.BadParameter)]
    [InlineData("FROM:<a@b.example> SIZE=1\u0001", SyntaxFault.BadParameter)]
    [InlineData("FROM:<a@b.example> SIZE=1\tX", SyntaxFault.BadParameter)]
    [InlineData("FROM:<a@b.example> SIZE=\u007F", SyntaxFault.BadParameter)]
    [InlineData("FROM:<a@b.example> SIZE=1 size=2", SyntaxFault.DuplicateParameter)]
    [InlineData("FROM:<a@b.example> A B A", SyntaxFault.DuplicateParameter)]
    [Trait("rfc", "5321#4.1.2")]
    public void TryReadMail_OutsideTheGrammar_SaysWhy(string argument, SyntaxFault expected)
    {
        Assert.False(PathCommandReader.TryReadMail(Wire.Bytes(argument), out var path, out var parameters, out var fault));
        Assert.Equal(expected, fault);
        Assert.True(path.IsEmpty);
        Assert.Equal(0, parameters.Count);
    }

    // Keywords that begin and end alike are told apart, and one in another case is the same, wherever they stand.
    [Theory]
    [InlineData("ABC AXC A-C=1 A2C", SyntaxFault.None)]
    [InlineData("ABC=1 AXC=2 abc=3", SyntaxFault.DuplicateParameter)]
    [InlineData("ABC AXC axc", SyntaxFault.DuplicateParameter)]
    [InlineData("A  B   a", SyntaxFault.DuplicateParameter)]
    [InlineData("1 2 3 A-1 A1", SyntaxFault.None)]
    [InlineData("X-=1 x-", SyntaxFault.DuplicateParameter)]
    [Trait("rfc", "5321#4.1.2")]
    public void TryReadMail_KeywordsAlike_OnlyTheSameIsADuplicate(string text, SyntaxFault expected)
    {
        Assert.Equal(expected == SyntaxFault.None, PathCommandReader.TryReadMail(Wire.Bytes($"FROM:<a@b.example> {text} "), out _, out var parameters, out var fault));
        Assert.Equal(expected, fault);
        Assert.Equal(expected == SyntaxFault.None ? text.Split(' ').Length : 0, parameters.Count);
    }

    [Fact]
    public void TryReadRcpt_Argument_BeginsWithTo()
    {
        Assert.True(PathCommandReader.TryReadRcpt("to:<Postmaster> NOTIFY=NEVER"u8, out var path, out var parameters, out _));
        Assert.Equal(("Postmaster", "NOTIFY=NEVER"), (Wire.Text(path), Join(parameters)));
        Assert.False(PathCommandReader.TryReadRcpt("FROM:<a@b.example>"u8, out _, out _, out var fault));
        Assert.Equal(SyntaxFault.MissingPathKeyword, fault);
    }

    [Theory]
    [InlineData(SmtpParameters.MaxCount, SyntaxFault.None)]
    [InlineData(SmtpParameters.MaxCount + 1, SyntaxFault.TooManyParameters)]
    public void TryReadMail_ManyParameters_AreLimited(int count, SyntaxFault expected)
    {
        var argument = "FROM:<>" + string.Concat(Enumerable.Range(0, count).Select(index => string.Create(CultureInfo.InvariantCulture, $" P{index}")));
        PathCommandReader.TryReadMail(Wire.Bytes(argument), out _, out _, out var fault);
        Assert.Equal(expected, fault);
    }

    [Fact]
    public void Parameter_Parts_AreKeywordAndValue()
    {
        Assert.True(PathCommandReader.TryReadMail("FROM:<> Size=12 SMTPUTF8"u8, out _, out var parameters, out _));
        var walk = parameters.GetEnumerator();
        Assert.True(walk.MoveNext());
        Assert.True(walk.Current.Is("SIZE"u8) && walk.Current.HasValue && walk.Current.Value.SequenceEqual("12"u8));
        Assert.True(walk.MoveNext());
        Assert.True(walk.Current.Is("smtputf8"u8) && !walk.Current.HasValue && walk.Current.Value.IsEmpty);
        Assert.False(walk.MoveNext());
    }

    private static string Join(SmtpParameters parameters)
    {
        var texts = new List<string>();
        foreach (var parameter in parameters)
            texts.Add(Wire.Text(parameter.Keyword) + (parameter.HasValue ? "=" + Wire.Text(parameter.Value) : ""));
        return string.Join(',', texts);
    }
}
