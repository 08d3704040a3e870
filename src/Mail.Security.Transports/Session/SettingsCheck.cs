namespace Mail.Security.Transports;

/// <summary>Finds misuse of the settings before anything is sent.</summary>
internal static class SettingsCheck
{
    public static void ThrowIfInvalid(SmtpSessionSettings settings)
    {
        if (settings.HelloName.IsEmpty)
            throw new ArgumentException("A session needs a name to say hello with.", nameof(settings));
        if (settings.Tls != TlsUse.None && settings.Verifier is null)
            throw new ArgumentException("TLS needs a verifier; one that asks for nothing is UnauthenticatedVerifier.", nameof(settings));
        // A limit below a command's longest single line of reply would refuse honest servers (RFC 5321 §4.5.3.1.5).
        if (settings.Limits.MaxReply is < 512 or > 1 << 20)
            throw new ArgumentException("The longest reply lies between 512 octets and 1 MiB.", nameof(settings));
        if (settings.ChunkSize is < 1024 or > 1 << 30)
            throw new ArgumentException("A chunk has between 1 KiB and 1 GiB.", nameof(settings));
        var times = settings.Timeouts;
        ReadOnlySpan<TimeSpan> all = [times.Greeting, times.Command, times.TlsHandshake, times.Authentication, times.Mail, times.Recipient, times.DataInitiation, times.DataBlock, times.DataTermination, times.Quit];
        foreach (var limit in all)
        {
            if (limit <= TimeSpan.Zero || limit > SmtpTimeouts.Longest)
                throw new ArgumentException("Every time limit is positive and at most a day.", nameof(settings));
        }
    }
}
