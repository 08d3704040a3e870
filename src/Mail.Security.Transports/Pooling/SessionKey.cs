using System.Security.Cryptography;

namespace Mail.Security.Transports;

/// <summary>What two requests must have in common so that one may use the other's session. Made of the settings themselves, so that nobody can forget a part.</summary>
internal sealed record SessionKey
{
    private SessionKey()
    {
    }

    public required PoolHost Host { get; init; }

    /// <summary>Source address and proxy.</summary>
    public required Identity Dialer { get; init; }

    public required TlsDemand Demand { get; init; }

    public required TlsUse Tls { get; init; }

    public required LeastTlsVersion LeastTlsVersion { get; init; }

    public required DomainName ServerName { get; init; }

    /// <summary>What the verifier demands; empty without one.</summary>
    public required string Verifier { get; init; }

    public required string ClientCertificate { get; init; }

    /// <summary>Who logs in: by the object, so that no secret is in here.</summary>
    public required Identity Login { get; init; }

    public required Identity Extensions { get; init; }

    public required ChunkingUse Chunking { get; init; }

    public required int ChunkSize { get; init; }

    public required Identity Converter { get; init; }

    public required DomainName HelloName { get; init; }

    public required SmtpTimeouts Timeouts { get; init; }

    public required SmtpSessionLimits Limits { get; init; }

    public static SessionKey Of(SmtpPoolRequest request, SmtpSessionSettings settings) => new()
    {
        Host = new PoolHost(request.Host, request.Port),
        Dialer = new Identity(request.Dialer),
        Demand = request.Demand,
        Tls = settings.Tls,
        LeastTlsVersion = settings.LeastTlsVersion,
        ServerName = settings.ServerName ?? default,
        Verifier = settings.Verifier?.PolicyKey ?? string.Empty,
        ClientCertificate = settings.ClientCertificate is { } certificate ? Convert.ToHexStringLower(certificate.GetCertHash(HashAlgorithmName.SHA256)) : string.Empty,
        Login = new Identity(settings.Authentication),
        Extensions = new Identity(settings.Extensions),
        Chunking = settings.Chunking,
        ChunkSize = settings.ChunkSize,
        Converter = new Identity(settings.Converter),
        HelloName = settings.HelloName,
        Timeouts = settings.Timeouts,
        Limits = settings.Limits,
    };
}

/// <summary>By what connections are counted: security is no part of it, or each kind would have the limit for itself.</summary>
internal readonly record struct PoolHost(DomainName Name, int Port);
