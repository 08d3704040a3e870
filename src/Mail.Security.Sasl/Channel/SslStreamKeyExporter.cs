using System.Net.Security;
using System.Security.Authentication;

namespace Mail.Security.Sasl;

/// <summary>The seam for <see cref="SslStream"/>, which has no interface to export keying material today: it says no until there is one.</summary>
/// <param name="stream">An authenticated stream.</param>
public sealed class SslStreamKeyExporter(SslStream stream) : ITlsKeyExporter
{
    /// <inheritdoc/>
    public SslProtocols Protocol => stream.SslProtocol;

    /// <inheritdoc/>
    /// <remarks>The stream does not tell.</remarks>
    public TlsMasterSecret MasterSecret => TlsMasterSecret.NotExtended;

    /// <inheritdoc/>
    public bool TryExport(string label, ReadOnlySpan<byte> context, Span<byte> destination) => false;
}
