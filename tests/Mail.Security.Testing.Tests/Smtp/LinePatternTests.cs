using System.Text.RegularExpressions;
using FsCheck.Xunit;

namespace Mail.Security.Testing.Tests.Smtp;

public sealed class LinePatternTests
{
    [Theory]
    [InlineData("", "", true)]
    [InlineData("", "a", false)]
    [InlineData("*", "", true)]
    [InlineData("**", "", true)]
    [InlineData("a*a", "a", false)]
    [InlineData("a*a", "aa", true)]
    [InlineData("a*b*c", "axxbyyc", true)]
    [InlineData("a*b*c", "acb", false)]
    [InlineData("*ab", "aab", true)]
    [InlineData("A*", "abc", true)]
    public void Matches_Edges_AsWritten(string pattern, string line, bool matches) => Assert.Equal(matches, LinePattern.Matches(pattern, line));

    [Property(MaxTest = 2000)]
    public void Matches_AnyPattern_AgreesWithARegularExpression(byte[] pattern, byte[] line)
    {
        var (first, second) = (Text(pattern, "ab*?\\A"), Text(line, "ab*?\\A"));
        var expected = Regex.IsMatch(second, $"^{string.Join(".*", first.Split('*').Select(Regex.Escape))}$", RegexOptions.IgnoreCase | RegexOptions.Singleline);
        Assert.Equal(expected, LinePattern.Matches(first, second));
    }

    private static string Text(byte[] numbers, string letters) => string.Concat(numbers.Select(number => letters[number % letters.Length]));
}
