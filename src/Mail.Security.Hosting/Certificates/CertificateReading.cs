using Mail.Security.SmtpServer;

namespace Mail.Security.Hosting;

/// <summary>What came of reading a certificate from disk.</summary>
public abstract record CertificateReading
{
    private protected CertificateReading()
    {
    }

    /// <summary>It can be used.</summary>
    /// <param name="Certificate">The certificate with its key and issuers.</param>
    public sealed record Usable(SmtpServerCertificate Certificate) : CertificateReading;

    /// <summary>It is whole, and by its dates not valid now. A renewed one like this is not taken in place of another; with none to keep it is used.</summary>
    /// <param name="Certificate">The certificate with its key and issuers.</param>
    /// <param name="Fault"><see cref="CertificateFault.Expired"/> or <see cref="CertificateFault.NotYetValid"/>.</param>
    /// <param name="Detail">For the log.</param>
    public sealed record OutOfDate(SmtpServerCertificate Certificate, CertificateFault Fault, string Detail) : CertificateReading;

    /// <summary>It cannot be used.</summary>
    /// <param name="Fault">Why.</param>
    /// <param name="Detail">For the log; nothing of a key is in it.</param>
    public sealed record Unusable(CertificateFault Fault, string Detail) : CertificateReading;
}
