using System.Net;
using System.Net.Sockets;
using System.Text;
using Mail.Security.Smtp;
using Mail.Security.Testing;

namespace Mail.Security.Transports.Tests;

/// <summary>What most tests need: a connection, settings, an envelope, and a short way to say what came of it.</summary>
internal static class Rig
{
    public static DomainName Host { get; } = DomainName.Parse("mx.test");

    public static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static SmtpSessionSettings Clear { get; } = new() { HelloName = DomainName.Parse("client.test"), Tls = TlsUse.None, Timeouts = StageClock.Limits };

    public static SmtpSessionSettings StartTls { get; } = Clear with { Tls = TlsUse.StartTls, ServerName = Host, Verifier = UnauthenticatedVerifier.Instance };

    public static SmtpSessionSettings Implicit { get; } = StartTls with { Tls = TlsUse.Implicit };

    public static BytesContent Content { get; } = new("Subject: hi\r\n\r\nhello\r\n"u8.ToArray());

    public static async Task<Stream> ConnectAsync(IPEndPoint endpoint)
    {
        while (true)
        {
            var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(endpoint, Stop);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionReset)
            {
                socket.Dispose();           // by a peer that was to reset it, and did before this side had noticed that it stood
            }
        }
    }

    public static async Task<SessionOpenResult> TryOpenAsync(ScriptedSmtpPeer peer, SmtpSessionSettings settings, TimeProvider? time = null) =>
        await SmtpClientSession.OpenAsync(await ConnectAsync(peer.EndPoint), settings, time, Stop);

    public static async Task<SmtpClientSession> OpenAsync(ScriptedSmtpPeer peer, SmtpSessionSettings? settings = null, TimeProvider? time = null) =>
        Assert.IsType<SessionOpenResult.Opened>(await TryOpenAsync(peer, settings ?? Clear, time)).Session;

    public static async Task<SessionFailure> FailAsync(ScriptedSmtpPeer peer, SmtpSessionSettings settings, TimeProvider? time = null) =>
        Assert.IsType<SessionOpenResult.Failed>(await TryOpenAsync(peer, settings, time)).Failure;

    public static SmtpEnvelope Envelope(params string[] recipients) => new()
    {
        ReversePath = MailPath.Parse("from@client.test"),
        Recipients = [.. recipients.Select(recipient => new SmtpRecipient(MailPath.Parse(recipient)))],
    };

    public static BytesContent Text(string content) => new(Encoding.Latin1.GetBytes(content));

    /// <summary>Such as "Accepted/EndOfData Refused/Recipient; ConnectionLost@Data; Broken".</summary>
    public static string Describe(TransactionResult result) =>
        $"{string.Join(' ', result.Recipients.Select(one => $"{one.Outcome}/{one.Stage}"))}; {(result.ConnectionFailure is { } failure ? $"{failure.Kind}@{failure.Stage}" : "-")}; {result.State}";

    /// <summary>Waits for what the other side is about to do; the end of the test is the limit.</summary>
    public static async Task UntilAsync(Func<bool> condition)
    {
        while (!condition())
        {
            Stop.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
