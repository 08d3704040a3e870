using System.Text;

namespace Mail.Security.Sasl;

/// <summary>XOAUTH2, the client: the name and the token, and an empty answer to an error. Gmail and Exchange Online speak it.</summary>
internal sealed class XOAuth2Client(SaslCredentials credentials, SaslPreparation preparation) : TokenClient(SaslMechanisms.XOAuth2, credentials, preparation)
{
    private protected override byte[] Acknowledgement => [];

    private protected override byte[] Message(string name, ReadOnlySpan<byte> token) =>
        [.. "user="u8, .. Encoding.UTF8.GetBytes(name), 0x01, .. "auth=Bearer "u8, .. token, 0x01, 0x01];
}
