namespace Mail.Security.Hosting;

/// <summary>Where a certificate is on disk, as PEM.</summary>
/// <param name="CertificatePath">The certificate first, then those of its issuers.</param>
/// <param name="KeyPath">Its private key, not encrypted; null when it is in the same file.</param>
public sealed record CertificateFile(string CertificatePath, string? KeyPath = null)
{
    /// <summary>Reads the files as they are now. Links are followed anew each time, so that a switched link is seen.</summary>
    /// <param name="time">The clock for its dates; null for the system's.</param>
    /// <returns>The certificate, or why there is none; nothing on disk makes this throw.</returns>
    public CertificateReading Read(TimeProvider? time = null) => CertificateText.Read(this).Parse((time ?? TimeProvider.System).GetUtcNow());
}
