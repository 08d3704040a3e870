using FsCheck;
using FsCheck.Xunit;

namespace Mail.Security.Sasl.Tests;

public sealed class ScramCredentialTests
{
    private const string Salt = "W22ZaJ0SNY7soEsUEjb6gQ==";
    private const string Key = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

    [Theory]
    [InlineData(null, ScramCredentialFault.Malformed)]
    [InlineData("", ScramCredentialFault.Malformed)]
    [InlineData("SCRAM-SHA-256", ScramCredentialFault.Malformed)]
    [InlineData("SCRAM-SHA-256$4096:SALT", ScramCredentialFault.Malformed)]
    [InlineData("SCRAM-SHA-256$4096$KEY:KEY", ScramCredentialFault.Malformed)]
    [InlineData("SCRAM-SHA-256$4096:SALT$KEY", ScramCredentialFault.Malformed)]
    [InlineData("SCRAM-SHA-256$4096:SALT$KEY:KEY:KEY", ScramCredentialFault.Malformed)]
    [InlineData("SCRAM-SHA-256$4096:SALT$KEY:KEY$", ScramCredentialFault.Malformed)]
    [InlineData("SCRAM-SHA-384$4096:SALT$KEY:KEY", ScramCredentialFault.UnknownScheme)]
    [InlineData("scram-sha-256$4096:SALT$KEY:KEY", ScramCredentialFault.UnknownScheme)]
    [InlineData("SCRAM-SHA-256-PLUS$4096:SALT$KEY:KEY", ScramCredentialFault.UnknownScheme)]       // never with the suffix (RFC 5803 §1)
    [InlineData("SCRAM-SHA-256$:SALT$KEY:KEY", ScramCredentialFault.Iterations)]
    [InlineData("SCRAM-SHA-256$04096:SALT$KEY:KEY", ScramCredentialFault.Iterations)]
    [InlineData("SCRAM-SHA-256$+4096:SALT$KEY:KEY", ScramCredentialFault.Iterations)]
    [InlineData("SCRAM-SHA-256$ 4096:SALT$KEY:KEY", ScramCredentialFault.Iterations)]
    [InlineData("SCRAM-SHA-256$4095:SALT$KEY:KEY", ScramCredentialFault.Iterations)]
    [InlineData("SCRAM-SHA-256$10000001:SALT$KEY:KEY", ScramCredentialFault.Iterations)]
    [InlineData("SCRAM-SHA-256$99999999999999999999:SALT$KEY:KEY", ScramCredentialFault.Iterations)]
    [InlineData("SCRAM-SHA-256$4096:$KEY:KEY", ScramCredentialFault.Salt)]
    [InlineData("SCRAM-SHA-256$4096:AAAA$KEY:KEY", ScramCredentialFault.Salt)]
    [InlineData("SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gR==$KEY:KEY", ScramCredentialFault.Salt)]
    [InlineData("SCRAM-SHA-256$4096:séltséltsélt$KEY:KEY", ScramCredentialFault.Salt)]
    [InlineData("SCRAM-SHA-256$4096:SALT$AAAA:KEY", ScramCredentialFault.Key)]
    [InlineData("SCRAM-SHA-256$4096:SALT$KEY:AAAA", ScramCredentialFault.Key)]
    [InlineData("SCRAM-SHA-256$4096:SALT$KEY: KEY", ScramCredentialFault.Key)]
    [InlineData("SCRAM-SHA-512$4096:SALT$KEY:KEY", ScramCredentialFault.Key)]
    [InlineData("SCRAM-SHA-256$4096:SALT$KEY:KEY", ScramCredentialFault.None)]
    [InlineData("SCRAM-SHA-256$10000000:SALT$KEY:KEY", ScramCredentialFault.None)]
    [Trait("rfc", "5803#1")]
    public void TryParse_Text_SaysWhatIsWrong(string? text, ScramCredentialFault fault)
    {
        text = text?.Replace("SALT", Salt, StringComparison.Ordinal).Replace("KEY", Key, StringComparison.Ordinal);
        Assert.Equal(fault == ScramCredentialFault.None, ScramCredential.TryParse(text, out var credential, out var found));
        Assert.Equal(fault, found);
        if (credential is not null)
            Assert.Equal(text, credential.Format());
    }

    [Property(MaxTest = 50)]
    public void Format_OfAnyCredential_IsReadBack(byte hash, NonEmptyArray<byte> password)
    {
        if (!ScramCredential.TryCreate((ScramHash)(hash % 3), password.Get, 4096 + hash, SaslPreparation.None, out var made))
            return;
        Assert.True(ScramCredential.TryParse(made.Format(), out var read, out _));
        Assert.Equal((made.Format(), made.Hash, made.Iterations), (read.Format(), read.Hash, read.Iterations));
        Assert.Equal(16, read.Salt.Length);
    }

    [Property(MaxTest = 500)]
    public void TryParse_AnyText_NeverThrows(string text) => Assert.False(ScramCredential.TryParse(text, out _, out _));

    [Theory]
    [InlineData(4095)]
    [InlineData(10_000_001)]
    public void TryCreate_CountOutsideTheBounds_IsMisuse(int iterations) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => ScramCredential.TryCreate(ScramHash.Sha256, "x"u8, iterations, default, out _));

    [Theory]
    [InlineData("")]
    [InlineData("a\0b")]
    [InlineData("a\tb")]
    public void TryCreate_PasswordThatCannotBePrepared_GivesNone(string password) =>
        Assert.False(ScramCredential.TryCreate(ScramHash.Sha256, Exchange.Utf8(password), 4096, SaslPreparation.OpaqueString, out _));
}
