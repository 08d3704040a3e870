using System.Security.Cryptography.X509Certificates;
using Mail.Security.Testing;

namespace Mail.Security.SmtpServer.Tests.Harness;

/// <summary>Certificates for the tests' servers.</summary>
internal static class TestCertificates
{
    public static X509Certificate2 First { get; } = TestCertificateAuthority.CreateSelfSigned(new TestCertificateSpec { DnsNames = ["mx.example"] });

    public static X509Certificate2 Second { get; } = TestCertificateAuthority.CreateSelfSigned(new TestCertificateSpec { DnsNames = ["renewed.example"] });
}
