using System.Diagnostics.CodeAnalysis;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Mail.Security.Sasl;

/// <summary>What names one TLS channel, so that an authentication on it is worth nothing on another (RFC 5802 §6).</summary>
/// <remarks>
/// "tls-server-end-point" is made from the server's certificate, on both ends. The two others come from a caller whose TLS gives them: "tls-unique" only where that is safe,
/// "tls-exporter" through <see cref="ITlsKeyExporter"/>. <see cref="System.Net.Security.SslStream"/> gives neither today.
/// </remarks>
public sealed class ChannelBinding
{
    /// <summary>The hash of the server's certificate (RFC 5929 §4).</summary>
    public const string TlsServerEndPoint = "tls-server-end-point";

    /// <summary>The first Finished message (RFC 5929 §3). Not defined for TLS 1.3 (RFC 9266 §3).</summary>
    public const string TlsUnique = "tls-unique";

    /// <summary>Exported keying material (RFC 9266 §2).</summary>
    public const string TlsExporter = "tls-exporter";

    private const int MaxDataLength = 1024;

    private readonly byte[] _data;

    /// <summary>Takes a binding the caller knows; "tls-unique" and "tls-exporter" have methods of their own, which look at the TLS they come from.</summary>
    /// <param name="type">The type: letters, digits, '.' and '-'.</param>
    /// <param name="data">The binding data, copied; not empty, at most 1,024 octets.</param>
    /// <exception cref="ArgumentException">The type is no such name or one of the two, or the data are empty or too long.</exception>
    public ChannelBinding(string type, ReadOnlySpan<byte> data)
        : this(data, type)
    {
        if (type is TlsUnique or TlsExporter)
            throw new ArgumentException("This type has a method of its own.", nameof(type));
    }

    private ChannelBinding(ReadOnlySpan<byte> data, string type)
    {
        ArgumentException.ThrowIfNullOrEmpty(type);
        if (!type.All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-'))
            throw new ArgumentException("A channel binding type is letters, digits, '.' and '-'.", nameof(type));
        if (data.IsEmpty || data.Length > MaxDataLength)
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

    /// <summary>Makes "tls-unique" from the first Finished message of a handshake (RFC 5929 §3.1).</summary>
    /// <param name="protocol">The version of the TLS.</param>
    /// <param name="masterSecret">Whether the handshake used the extended master secret, which whoever calls must know.</param>
    /// <param name="firstFinished">The first Finished message of the most recent handshake, as the TLS library gives it; copied.</param>
    /// <param name="binding">The binding; null when there is none.</param>
    /// <param name="fault">Why there is none.</param>
    /// <returns>Whether the type is defined for such a TLS, and safe.</returns>
    public static bool TryFromFirstFinished(
        SslProtocols protocol, TlsMasterSecret masterSecret, ReadOnlySpan<byte> firstFinished, [NotNullWhen(true)] out ChannelBinding? binding, out ChannelBindingFault fault)
    {
        binding = null;
        fault = protocol != SslProtocols.Tls12 ? ChannelBindingFault.NotDefined               // RFC 9266 §3; what is older than 1.2 is not spoken (RFC 8996 §5)
            : masterSecret != TlsMasterSecret.Extended ? ChannelBindingFault.MasterSecretNotExtended    // RFC 7677 §4
            : firstFinished.IsEmpty || firstFinished.Length > MaxDataLength ? ChannelBindingFault.NoData
            : ChannelBindingFault.None;
        if (fault == ChannelBindingFault.None)
            binding = new ChannelBinding(firstFinished, TlsUnique);
        return binding is not null;
    }

    /// <summary>Makes "tls-exporter" from exported keying material (RFC 9266 §2).</summary>
    /// <param name="exporter">The TLS that exports it.</param>
    /// <param name="binding">The binding; null when there is none.</param>
    /// <param name="fault">Why there is none.</param>
    /// <returns>Whether the type is defined for such a TLS, and the TLS exports.</returns>
    public static bool TryFromExporter(ITlsKeyExporter exporter, [NotNullWhen(true)] out ChannelBinding? binding, out ChannelBindingFault fault)
    {
        ArgumentNullException.ThrowIfNull(exporter);
        binding = null;
        // RFC 9266 §2: where the master secret is unique, as it always is in TLS 1.3.
        if (exporter.Protocol != SslProtocols.Tls13 && exporter.Protocol != SslProtocols.Tls12)
            fault = ChannelBindingFault.NotDefined;
        else if (exporter.Protocol == SslProtocols.Tls12 && exporter.MasterSecret != TlsMasterSecret.Extended)
            fault = ChannelBindingFault.MasterSecretNotExtended;
        else
        {
            Span<byte> material = stackalloc byte[32];
            fault = exporter.TryExport("EXPORTER-Channel-Binding", default, material) ? ChannelBindingFault.None : ChannelBindingFault.ExporterUnavailable;
            if (fault == ChannelBindingFault.None)
                binding = new ChannelBinding(material, TlsExporter);
        }
        return binding is not null;
    }

    private static byte[] Hash(HashAlgorithmName? hash, ReadOnlySpan<byte> certificate) =>
        hash is { } name ? CryptographicOperations.HashData(name, certificate) : Sha224.HashData(certificate);

    /// <summary>The type; the data are left out.</summary>
    /// <returns>The type.</returns>
    public override string ToString() => Type;
}
