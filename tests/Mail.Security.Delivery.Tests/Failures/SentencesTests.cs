namespace Mail.Security.Delivery.Tests;

public sealed class SentencesTests
{
    [Theory]
    [InlineData("a\u202eb", "a b")]         // turns the direction of writing
    [InlineData("a\u2066b\u2069", "a b ")]
    [InlineData("a\r\nb\u0085c\u2028d\0", "a  b c d ")]
    [InlineData("Grüße 日本 🙂", "Grüße 日本 🙂")]
    public void OneLine_ForeignText_CannotPassForMore(string text, string expected) => Assert.Equal(expected, Sentences.OneLine(text));

    [Fact]
    public void OneLine_LongText_CutBetweenCharactersAndMarked()
    {
        for (var lead = 0; lead < 2; lead++)
        {
            var line = Sentences.OneLine(new string('x', lead) + string.Concat(Enumerable.Repeat("🙂", 2000)));
            Assert.InRange(line.Length, 1990, 2000);
            Assert.EndsWith("🙂…", line, StringComparison.Ordinal);
        }
    }
}
