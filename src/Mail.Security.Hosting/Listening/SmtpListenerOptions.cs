using Mail.Security.SmtpServer;

namespace Mail.Security.Hosting;

/// <summary>Where SMTP is spoken and with how many at a time. Read once, when the listener is made.</summary>
public sealed class SmtpListenerOptions
{
    /// <summary>The endpoints; at least one. One that cannot be opened keeps the host from starting.</summary>
    public IList<SmtpEndpoint> Endpoints { get; } = [];

    /// <summary>What sessions offer and bear on endpoints that say nothing else. Its <see cref="SmtpServerOptions.HostName"/> is required.</summary>
    public SmtpServerOptions Server { get; set; } = new();

    /// <summary>The most connections at a time over all endpoints; further ones are told 421 and closed. Default 1000, at least 1. Fewer are taken where the process may not open files enough for them (Linux: ulimit -n); the log says so.</summary>
    public int MaxConnections { get; set; } = 1000;

    /// <summary>The most connections at a time from one address, an IPv6 address standing for its /64; further ones are told 421 and closed. Default 50, at least 1.</summary>
    public int MaxConnectionsPerAddress { get; set; } = 50;

    /// <summary>On which thread sessions go on. Default <see cref="SessionScheduling.ThreadPool"/>; inline costs less and asks more of the handler.</summary>
    public SessionScheduling Scheduling { get; set; }

    /// <summary>Throws unless every value is usable; the listener's constructor calls it.</summary>
    /// <exception cref="ArgumentException">A value is missing or out of the range its property documents; the message names the property.</exception>
    public void Validate()
    {
        if (Problems().FirstOrDefault() is { } problem)
            throw new ArgumentException(problem);
    }

    internal SmtpServerOptions ServerOf(SmtpEndpoint endpoint) => endpoint.Server ?? Server;

    internal IEnumerable<string> Problems()
    {
        if (Endpoints.Count == 0)
            yield return $"{nameof(SmtpListenerOptions)}.{nameof(Endpoints)} is empty: name at least one address and port.";
        if (MaxConnections < 1)
            yield return $"{nameof(SmtpListenerOptions)}.{nameof(MaxConnections)} must be at least 1, not {MaxConnections}.";
        if (MaxConnectionsPerAddress < 1)
            yield return $"{nameof(SmtpListenerOptions)}.{nameof(MaxConnectionsPerAddress)} must be at least 1, not {MaxConnectionsPerAddress}.";
        if (!Enum.IsDefined(Scheduling))
            yield return $"{nameof(SmtpListenerOptions)}.{nameof(Scheduling)} must be one of the named values, not {Scheduling}.";
        foreach (var endpoint in Endpoints)
        {
            if (endpoint.TlsStart == TlsStart.Immediately && ServerOf(endpoint).Tls is null)
                yield return $"{nameof(SmtpListenerOptions)}.{nameof(Endpoints)}: {endpoint.Address} starts with TLS, and {nameof(SmtpServerOptions)}.{nameof(SmtpServerOptions.Tls)} has no certificate for it.";
        }
        foreach (var server in Endpoints.Select(ServerOf).Distinct())
        {
            if (Problem(server) is { } problem)
                yield return problem;
        }
    }

    private static string? Problem(SmtpServerOptions server)
    {
        try
        {
            server.Validate();
            return null;
        }
        catch (ArgumentException exception)
        {
            return $"{nameof(SmtpListenerOptions)}.{nameof(Server)}: {exception.Message}";
        }
    }
}
