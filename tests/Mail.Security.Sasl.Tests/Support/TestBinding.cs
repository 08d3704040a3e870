using System.Security.Authentication;

namespace Mail.Security.Sasl.Tests;

/// <summary>Bindings of the types that only a TLS gives.</summary>
internal static class TestBinding
{
    public static ChannelBinding Unique(ReadOnlySpan<byte> data)
    {
        Assert.True(ChannelBinding.TryFromFirstFinished(SslProtocols.Tls12, TlsMasterSecret.Extended, data, out var binding, out _));
        return binding;
    }

    public static ChannelBinding Exporter(byte[] material)
    {
        Assert.True(ChannelBinding.TryFromExporter(new TestExporter(SslProtocols.Tls13, material), out var binding, out _));
        return binding;
    }
}

/// <summary>A TLS that exports what the test says; null for one that cannot.</summary>
internal sealed class TestExporter(SslProtocols protocol, byte[]? material, TlsMasterSecret masterSecret = TlsMasterSecret.NotExtended) : ITlsKeyExporter
{
    public string? Label { get; private set; }

    public SslProtocols Protocol => protocol;

    public TlsMasterSecret MasterSecret => masterSecret;

    public bool TryExport(string label, ReadOnlySpan<byte> context, Span<byte> destination)
    {
        Label = $"{label}/{context.Length}/{destination.Length}";
        return material is not null && material.AsSpan().TryCopyTo(destination);
    }
}
