using System.Net;

namespace Mail.Security.Hosting;

/// <summary>What mail is taken in and how it is held until it is queued. Read once, when the intake is made.</summary>
public sealed class MailIntakeOptions
{
    /// <summary>The name of this host in the Received field. Required.</summary>
    public DomainName HostName { get; set; }

    /// <summary>
    /// The networks whose clients may send to any domain, as may every client that has logged in
    /// (<see cref="SmtpServer.SmtpSessionInfo.Authentication"/>); from elsewhere only <see cref="Postmaster"/> takes mail. Default: the loopback
    /// networks 127.0.0.0/8 and ::1/128, so that nothing is an open relay by default.
    /// </summary>
    public IList<IPNetwork> RelayNetworks { get; } = [new(IPAddress.Parse("127.0.0.0"), 8), new(IPAddress.IPv6Loopback, 128)];

    /// <summary>
    /// Where mail to &lt;Postmaster&gt; without a domain goes, from any client (RFC 5321 §4.5.1). Default null: nobody was named, and
    /// such mail is refused with 550 5.1.1. A public server names one.
    /// </summary>
    public MailPath? Postmaster { get; set; }

    /// <summary>The most Received fields a message may have; one with more runs in a circle and is refused with 554 5.4.6. Default 100, as RFC 5321 §6.3 advises; at least 1.</summary>
    public int MaxReceivedFields { get; set; } = 100;

    /// <summary>How many bytes of a message are held in memory while it arrives; what is beyond goes to a temporary file. Default 64 KiB; 0 to 16 MiB.</summary>
    public int MaxMemoryPerMessage { get; set; } = 64 * 1024;

    /// <summary>
    /// How many bytes of mail are held while they arrive, in memory and in temporary files, over all sessions (<see cref="MailDataBudget"/>): beyond it
    /// messages are answered 452 4.3.1. Default 1 GiB, at least 1 MiB; 0 for no limit.
    /// </summary>
    public long MaxHeldBytes { get; set; } = 1L << 30;

    /// <summary>The folder of temporary files; readable by this account only, and gone when the message is queued or refused. Default: that of the system.</summary>
    public string SpoolFolder { get; set; } = Path.GetTempPath();

    /// <summary>Throws unless every value is usable; the intake's constructor calls it.</summary>
    /// <exception cref="ArgumentException">A value is missing or out of the range its property documents; the message names the property.</exception>
    public void Validate()
    {
        if (Problems().FirstOrDefault() is { } problem)
            throw new ArgumentException(problem);
    }

    internal IEnumerable<string> Problems()
    {
        if (HostName.IsEmpty)
            yield return $"{nameof(MailIntakeOptions)}.{nameof(HostName)} is required: the name of this host in the Received field.";
        if (Postmaster is { } postmaster && postmaster.RecipientDomain is null)
            yield return $"{nameof(MailIntakeOptions)}.{nameof(Postmaster)} must be an address with a domain.";
        if (MaxReceivedFields < 1)
            yield return $"{nameof(MailIntakeOptions)}.{nameof(MaxReceivedFields)} must be at least 1, not {MaxReceivedFields}.";
        if (MaxMemoryPerMessage is < 0 or > 16 * 1024 * 1024)
            yield return $"{nameof(MailIntakeOptions)}.{nameof(MaxMemoryPerMessage)} must be 0 to 16777216 bytes, not {MaxMemoryPerMessage}.";
        if (MaxHeldBytes is not 0 and < 1 << 20)
            yield return $"{nameof(MailIntakeOptions)}.{nameof(MaxHeldBytes)} must be 0 or at least 1048576 bytes, not {MaxHeldBytes}.";
        if (!Directory.Exists(SpoolFolder))
            yield return $"{nameof(MailIntakeOptions)}.{nameof(SpoolFolder)} must be a folder that exists, not '{SpoolFolder}'.";
    }
}
