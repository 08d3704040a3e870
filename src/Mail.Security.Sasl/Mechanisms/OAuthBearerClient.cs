using System.Globalization;
using System.Text;

namespace Mail.Security.Sasl;

/// <summary>OAUTHBEARER, the client (RFC 7628 §3.1).</summary>
internal sealed class OAuthBearerClient(SaslCredentials credentials, SaslPreparation preparation, SaslClientChannel channel)
    : TokenClient(SaslMechanisms.OAuthBearer, credentials, preparation)
{
    private protected override byte[] Acknowledgement => [0x01];        // RFC 7628 §3.2.3

    private protected override byte[] Message(string name, ReadOnlySpan<byte> token)
    {
        var head = new StringBuilder($"n,a={ScramAlgorithm.Escape(name)},\u0001");
        if (channel.Host.Length > 0 && channel.Host.All(static letter => letter is > ' ' and <= '~'))
            head.Append(CultureInfo.InvariantCulture, $"host={channel.Host}\u0001");
        if (channel.Port > 0)
            head.Append(CultureInfo.InvariantCulture, $"port={channel.Port}\u0001");
        return [.. Encoding.UTF8.GetBytes(head.ToString()), .. "auth=Bearer "u8, .. token, 0x01, 0x01];
    }
}
