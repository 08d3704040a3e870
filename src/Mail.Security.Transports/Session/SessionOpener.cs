using System.Buffers;
using Mail.Security.Smtp;

namespace Mail.Security.Transports;

/// <summary>The way from a fresh connection to a session that can carry mail: greeting, EHLO, TLS in its place, and AUTH.</summary>
internal sealed class SessionOpener(SmtpConnection connection, SmtpSessionSettings settings, TimeProvider time)
{
    private static readonly byte[] StartTlsCommand = "STARTTLS\r\n"u8.ToArray();

    public SmtpReply? Greeting { get; private set; }

    public EhloCapabilities Capabilities { get; private set; } = EhloCapabilities.None;

    public TlsSession? Tls { get; private set; }

    /// <summary>The mechanism by which the session was logged in; null when it was not.</summary>
    public string? Mechanism { get; private set; }

    /// <summary>Runs the whole way; null when the session stands.</summary>
    public async ValueTask<SessionFailure?> RunAsync(CancellationToken cancellationToken)
    {
        var failure = await PrepareAsync(cancellationToken).ConfigureAwait(false);
        return failure is null && settings.Authentication is not null ? await AuthenticateAsync(cancellationToken).ConfigureAwait(false) : failure;
    }

    private async ValueTask<SessionFailure?> PrepareAsync(CancellationToken cancellationToken)
    {
        if (settings.Tls == TlsUse.Implicit && await HandshakeAsync(cancellationToken).ConfigureAwait(false) is { } handshake)
            return handshake;
        if (await GreetAsync(cancellationToken).ConfigureAwait(false) is { } greeting)
            return greeting;
        if (await HelloAsync(cancellationToken).ConfigureAwait(false) is { } hello)
            return hello;
        if (settings.Tls != TlsUse.StartTls)
            return null;
        if (await StartTlsAsync(cancellationToken).ConfigureAwait(false) is { } startTls)
            return startTls;
        return await HelloAsync(cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<SessionFailure?> GreetAsync(CancellationToken cancellationToken)
    {
        var result = await connection.ReadReplyAsync(settings.Timeouts.Greeting, cancellationToken).ConfigureAwait(false);
        if (Check(result, SmtpStage.Greeting) is { } failure)
            return failure;
        Greeting = result.Reply!;
        if (Greeting.IsPositive)            // RFC 5321 §4.3.2: the first digit decides
            return null;
        // RFC 5321 §3.1: 554 instead of 220; RFC 7504 §3: 521. Anything that is no refusal is not SMTP.
        return Refused(Greeting.IsTransient || Greeting.IsPermanent ? SessionFailureKind.GreetingRefused : SessionFailureKind.ProtocolViolation, SmtpStage.Greeting, Greeting);
    }

    private async ValueTask<SessionFailure?> HelloAsync(CancellationToken cancellationToken)
    {
        Capabilities = EhloCapabilities.None;
        var output = new ArrayBufferWriter<byte>(272);
        SmtpCommandWriter.WriteEhlo(output, settings.HelloName);
        var result = await connection.ExchangeAsync(output.WrittenMemory, settings.Timeouts.Command, cancellationToken).ConfigureAwait(false);
        if (Check(result, SmtpStage.Hello) is { } failure)
            return failure;
        var reply = result.Reply!;
        if (reply.IsPositive)
        {
            Capabilities = EhloCapabilities.FromReply(reply);
            return null;
        }
        // RFC 5321 §3.2: a server that does not know EHLO is greeted with HELO. It has no extensions, so where STARTTLS is required that is the end; and after STARTTLS it
        // knew EHLO a moment ago, in the clear. Under TLS from the start nothing was there to be lost.
        if (reply.Code is < 500 or > 504)
            return Refused(reply.IsIntermediate ? SessionFailureKind.ProtocolViolation : SessionFailureKind.HelloRefused, SmtpStage.Hello, reply);
        return settings.Tls != TlsUse.StartTls ? await HeloAsync(cancellationToken).ConfigureAwait(false)
            : Refused(Tls is null ? SessionFailureKind.StartTlsNotOffered : SessionFailureKind.HelloRefused, SmtpStage.Hello, reply);
    }

    private async ValueTask<SessionFailure?> HeloAsync(CancellationToken cancellationToken)
    {
        var output = new ArrayBufferWriter<byte>(272);
        SmtpCommandWriter.WriteHelo(output, settings.HelloName);
        var result = await connection.ExchangeAsync(output.WrittenMemory, settings.Timeouts.Command, cancellationToken).ConfigureAwait(false);
        if (Check(result, SmtpStage.Hello) is { } failure)
            return failure;
        return result.Reply!.IsPositive ? null
            : Refused(result.Reply.IsIntermediate ? SessionFailureKind.ProtocolViolation : SessionFailureKind.HelloRefused, SmtpStage.Hello, result.Reply);
    }

    private async ValueTask<SessionFailure?> StartTlsAsync(CancellationToken cancellationToken)
    {
        if (!Capabilities.StartTls)
            return new SessionFailure(SessionFailureKind.StartTlsNotOffered, SmtpStage.StartTls, null, null, "the server does not announce STARTTLS");
        var result = await connection.ExchangeAsync(StartTlsCommand, settings.Timeouts.Command, cancellationToken).ConfigureAwait(false);
        if (Check(result, SmtpStage.StartTls) is { } failure)
            return failure;
        if (result.Reply!.Code != 220)      // RFC 3207 §4
            return Refused(SessionFailureKind.StartTlsRefused, SmtpStage.StartTls, result.Reply);
        // The server is silent until our ClientHello: whatever is here by now was put into the plaintext by someone.
        if (connection.HasArrived)
            return new SessionFailure(SessionFailureKind.StartTlsInjection, SmtpStage.StartTls, result.Reply, null, "bytes arrived between the reply to STARTTLS and the handshake");
        // RFC 3207 §4.2: everything learned in the clear is forgotten, and EHLO is sent again.
        Capabilities = EhloCapabilities.None;
        return await HandshakeAsync(cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<SessionFailure?> HandshakeAsync(CancellationToken cancellationToken)
    {
        (Tls, var failure) = await new TlsHandshake(settings).RunAsync(connection, cancellationToken).ConfigureAwait(false);
        return failure;
    }

    private async ValueTask<SessionFailure?> AuthenticateAsync(CancellationToken cancellationToken)
    {
        var authenticator = new Authenticator(connection, settings, time);
        var failure = await authenticator.RunAsync(Capabilities, Tls, cancellationToken).ConfigureAwait(false);
        Mechanism = authenticator.Mechanism;
        LoginTelemetry.Ended(Mechanism, failure, settings.Logger);
        return failure is null ? null : failure with { Verdict = Tls?.Verdict, PeerCertificate = Tls?.PeerCertificate };
    }

    // In TLS 1.3 the server's opinion of our side arrives after our half of the handshake, as an alert in place of its first reply.
    private SessionFailure? Check(WireResult result, SmtpStage stage)
    {
        if (result.Fault is { } fault)
            return fault.At(stage) with { Verdict = Tls?.Verdict, PeerCertificate = Tls?.PeerCertificate };
        return result.Reply is { Code: 421 } reply ? Refused(SessionFailureKind.Refused421, stage, reply) : null;
    }

    private SessionFailure Refused(SessionFailureKind kind, SmtpStage stage, SmtpReply reply) =>
        new(kind, stage, reply, Tls?.Verdict, reply.ToString()) { PeerCertificate = Tls?.PeerCertificate };
}
