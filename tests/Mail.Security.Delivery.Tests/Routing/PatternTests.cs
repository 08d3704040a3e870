namespace Mail.Security.Delivery.Tests;

public sealed class PatternTests
{
    [Theory]
    [InlineData("example.com", "example.com", true)]
    [InlineData("example.com", "EXAMPLE.com", true)]
    [InlineData("example.com", "mx.example.com", false)]
    [InlineData(".example.com", "example.com", true)]
    [InlineData(".example.com", "a.b.example.com", true)]
    [InlineData(".example.com", "badexample.com", false)]
    [InlineData(".example.com", "com", false)]
    [InlineData(".bücher.example", "mx.xn--bcher-kva.example", true)]
    [InlineData("com", "com", true)]
    public void Matches_Domain_ApexAndBelow(string pattern, string domain, bool expected) =>
        Assert.Equal(expected, DomainPattern.Parse(pattern).Matches(DomainName.Parse(domain)));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..example.com")]
    [InlineData("*.example.com")]
    [InlineData("example.com.")]
    [InlineData("[192.0.2.1]")]
    [InlineData("a b")]
    public void TryParse_NoPattern_False(string? text)
    {
        Assert.False(DomainPattern.TryParse(text, out var pattern));
        Assert.Equal(default, pattern);
        Assert.False(SenderPattern.TryParse(text, out _));
        Assert.Throws<FormatException>(() => DomainPattern.Parse(text!));
        Assert.Throws<FormatException>(() => SenderPattern.Parse(text!));
    }

    [Theory]
    [InlineData("<>", "", true)]
    [InlineData("<>", "a@example.com", false)]
    [InlineData("example.com", "", false)]
    [InlineData(".example.com", "a@b.example.com", true)]
    [InlineData(".example.com", "a@[192.0.2.1]", false)]
    [InlineData("<>", "a@[192.0.2.1]", false)]
    public void Matches_Sender_NullOnlyByItsSign(string pattern, string sender, bool expected) =>
        Assert.Equal(expected, SenderPattern.Parse(pattern).Matches(sender.Length == 0 ? MailPath.Null : MailPath.Parse(sender)));

    [Fact]
    public void Default_MatchesNothing()
    {
        Assert.False(default(DomainPattern).Matches(DomainName.Parse("a.test")));
        Assert.False(default(DomainPattern).Matches(default));
        Assert.False(default(SenderPattern).Matches(MailPath.Null));
    }

    [Theory]
    [InlineData("example.com")]
    [InlineData(".example.com")]
    public void ToString_Pattern_ReadsBack(string text)
    {
        Assert.Equal(text, DomainPattern.Parse(text).ToString());
        Assert.Equal(SenderPattern.Of(DomainPattern.Parse(text)), SenderPattern.Parse(SenderPattern.Parse(text).ToString()));
        Assert.Equal(SenderPattern.Null, SenderPattern.Parse(SenderPattern.Null.ToString()));
    }
}
