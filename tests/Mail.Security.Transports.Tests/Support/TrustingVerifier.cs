namespace Mail.Security.Transports.Tests;

/// <summary>Takes every server for the one meant.</summary>
internal sealed class TrustingVerifier : PeerVerifier
{
    public override string PolicyKey => "trusting";

    public override PeerVerdict Verify(in PeerCertificates peer) => new PeerVerdict.Authenticated("test", "mx.test");
}
