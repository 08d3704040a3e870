namespace Mail.Security.Dnssec.Tests.Servers;

public sealed class TrustAnchorsTests
{
    private const string Digest = "e06d44b80b8f1d39a95c0b0d7c65d08458e880409bbc683457104237c7f8ec8d";

    [Theory]
    [InlineData(". IN DS 20326 8 2 " + Digest, ". DS 20326 8 2 " + Digest)]
    [InlineData("; the root\n\n.\t172800 IN ds 20326 8 2 ( e06d44b80b8f1d39a95c0b0d7c65d084\t58e880409bbc683457104237c7f8ec8d ) ; KSK-2017", ". DS 20326 8 2 " + Digest)]
    [InlineData("Example.ORG. DS 1 13 2 " + Digest, "example.org. DS 1 13 2 " + Digest)]
    [InlineData("example DS 1 5 1 e06d44b80b8f1d39a95c0b0d7c65d08458e88040", "example. DS 1 5 1 e06d44b80b8f1d39a95c0b0d7c65d08458e88040")]
    public void Parse_DelegationSigner_Read(string text, string expected) => Assert.Equal(expected, Assert.Single(TrustAnchors.Parse(text)).ToString());

    [Theory]
    [InlineData("", "no DS or DNSKEY record")]
    [InlineData("; nothing but a remark", "no DS or DNSKEY record")]
    [InlineData(". DS 20326 8 2", "Line 1")]
    [InlineData(". DS 20326 8 2 abcd", "Line 1")]                                   // a digest of another length
    [InlineData(". DS 20326 8 9 " + Digest, "Line 1")]
    [InlineData("; remark\n. DS 20326 12 2 " + Digest, "Line 2")]                   // an algorithm that is not checked here: all below would be insecure without a word
    [InlineData(". DNSKEY 257 3 1 AwEAAaetidLz", "Line 1")]
    [InlineData(". DNSKEY 385 3 8 AwEAAaetidLz", "Line 1")]                         // revoked
    [InlineData(". A 192.0.2.1", "Line 1")]
    [InlineData("a..b. DS 1 8 2 " + Digest, "Line 1")]
    public void Parse_NoSuchRecord_SaysWhere(string text, string word) => Assert.Contains(word, Assert.Throws<FormatException>(() => TrustAnchors.Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void Root_AsIanaPublishesThem() => Assert.Equal([(20326, 8, 2), (38696, 8, 2)], TrustAnchors.Root.Select(static anchor => ((int)anchor.KeyTag, (int)anchor.Algorithm, (int)anchor.DigestType)));
}
