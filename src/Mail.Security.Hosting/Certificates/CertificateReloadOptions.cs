namespace Mail.Security.Hosting;

/// <summary>Which certificates are kept as their files are. Read once, when the reloader is made.</summary>
public sealed class CertificateReloadOptions
{
    /// <summary>The files; at least one. The first is for clients that ask for no name or an unknown one, the others for their names.</summary>
    public IList<CertificateFile> Files { get; } = [];

    /// <summary>How often they are looked at. Default 1 minute; 1 second to 1 day.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromMinutes(1);

    internal IEnumerable<string> Problems()
    {
        if (Files.Count == 0)
            yield return $"{nameof(CertificateReloadOptions)}.{nameof(Files)} is empty: name at least one file.";
        if (Interval < TimeSpan.FromSeconds(1) || Interval > TimeSpan.FromDays(1))
            yield return $"{nameof(CertificateReloadOptions)}.{nameof(Interval)} must be 1 second to 1 day, not {Interval}.";
    }
}
