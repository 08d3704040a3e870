using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Mail.Security.Sasl;

/// <summary>What names one TLS channel, so that an authentication on it is worth nothing on another (RFC 5802 §6).</summary>
/// <remarks>
/// "tls-server-end-point" is made here from the server's certificate, on both ends. Two others can be handed in by a caller whose TLS gives them:
/// "tls-unique" only for TLS 1.2 with the extended master secret (RFC 7677 §4), and "tls-exporter" (RFC 9266 §2), for which
/// <see cref="System.Net.Security.SslStream"/> has no interface today.
/// </remarks>
public sealed class ChannelBinding
{
    /// <summary>The hash of the server's certificate (RFC 5929 §4).</summary>
    public const string TlsServerEndPoint = "tls-server-end-point";

    /// <summary>The first Finished message (RFC 5929 §3). Not defined for TLS 1.3 (RFC 9266 §3).</summary>
    public const string TlsUnique = "tls-unique";

    /// <summary>Exported keying material (RFC 9266 §2).</summary>
    public const string TlsExporter = "tls-exporter";

    private readonly byte[] _data;

    /// <summary>Takes a binding the caller's TLS gave.</summary>
    /// <param name="type">The type: letters, digits, '.' and '-'.</param>
    /// <param name="data">The binding data, copied; not empty, at most 1,024 octets.</param>
    /// <exception cref="ArgumentException">The type is no such name, or the data are empty or too long.</exception>
    public ChannelBinding(string type, ReadOnlySpan<byte> data)
    {
        ArgumentException.ThrowIfNullOrEmpty(type);
        if (!type.All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-'))
            throw new ArgumentException("A channel binding type is letters, digits, '.' and '-'.", nameof(type));
        if (data.IsEmpty || data.Length > 1024)
            throw new ArgumentException("Channel binding data have 1 to 1024 octets.", nameof(data));
        Type = type;
        _data = data.ToArray();
    }

    /// <summary>The type, as it stands on the wire.</summary>
    public string Type { get; }

    /// <summary>The binding data. Those of "tls-server-end-point" are no secret; treat those of other types as one.</summary>
    public ReadOnlyMemory<byte> Data => _data;

    /// <summary>Makes "tls-server-end-point" from the certificate the server presents (RFC 5929 §4.1).</summary>
    /// <param name="certificate">The server's own certificate, as it stands in the handshake.</param>
    /// <param name="binding">The binding; null when there is none.</param>
    /// <param name="fault">Why there is none: then neither end offers nor takes a -PLUS mechanism.</param>
    /// <returns>Whether the certificate gives one.</returns>
    public static bool TryFromServerCertificate(X509Certificate2 certificate, [NotNullWhen(true)] out ChannelBinding? binding, out ChannelBindingFault fault)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        binding = null;
        if (!SignatureHash.TryFind(certificate, out var hash, out fault))
            return false;
        try
        {
            binding = new ChannelBinding(TlsServerEndPoint, Hash(hash, certificate.RawDataMemory.Span));
            return true;
        }
        catch (PlatformNotSupportedException)
        {
            fault = ChannelBindingFault.HashUnavailable;
            return false;
        }
    }

    private static byte[] Hash(HashAlgorithmName? hash, ReadOnlySpan<byte> certificate) =>
        hash is { } name ? CryptographicOperations.HashData(name, certificate) : Sha224.HashData(certificate);

    /// <summary>The type; the data are left out.</summary>
    /// <returns>The type.</returns>
    public override string ToString() => Type;
}
