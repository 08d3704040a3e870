using System.Net;
using Mail.Security.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mail.Security.Transports.Tests;

/// <summary>A peer, and a pool of one place whose clock stands still but for limits that are declared over.</summary>
internal sealed class ReplyWorld : IAsyncDisposable
{
    private static readonly BytesContent Text = Rig.Text("Subject: one\r\n\r\n" + string.Concat(Enumerable.Repeat("0123456789\r\n", 200)));

    private readonly SmtpSessionPool _pool;
    private readonly SmtpPoolRequest _request;
    private SmtpPoolPlace? _taken;

    public ReplyWorld(string mode, params SmtpPeerRule[] rules)
    {
        var options = new MailExchangerOptions { Keywords = Keywords(mode) };
        foreach (var rule in rules)
            options.Rules.Add(rule);
        Peer = ScriptedSmtpPeer.StartMailExchanger(options);
        _pool = new SmtpSessionPool(new SmtpSessionPoolOptions { MaxSessionsPerHost = 1, MaxSessions = 1 }, Clock, NullLogger<SmtpSessionPool>.Instance);
        _request = new()
        {
            Host = Rig.Host,
            Port = 25,
            Addresses = [IPAddress.Loopback],
            Dialer = new TcpDialer(),
            Settings = Rig.Clear with { ChunkSize = 1024, Chunking = ChunkingUse.Always },
        };
    }

    public static IReadOnlyList<string> Modes { get; } = ["lock-step", "pipelined", "lock-step BDAT", "pipelined BDAT"];

    public StageClock Clock { get; } = new();

    public ScriptedSmtpPeer Peer { get; }

    public SmtpPeerRecord First => Peer.Connections[0];

    /// <summary>Takes the place, with a session on it.</summary>
    public async Task<SmtpPoolPlace> TakeAsync()
    {
        var turn = await _pool.EnterAsync(_request, Rig.Stop).AsTask().WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System, Rig.Stop);
        var place = Assert.IsType<SmtpPoolTurn.Entered>(turn).Place;
        if (place.Session is null)
            Assert.IsType<SessionOpenResult.Opened>(await place.OpenAsync(new DialResult.Connected(await Rig.ConnectAsync(Peer.EndPoint), null, Peer.EndPoint), Peer.EndPoint, _request.Settings, Rig.Stop));
        return _taken = place;
    }

    public static Task<TransactionResult> SendAsync(SmtpPoolPlace place, params string[] locals) =>
        place.Session!.SendAsync(Rig.Envelope([.. locals.Select(static local => $"{local}@mx.test")]), Text, Rig.Stop).AsTask();

    /// <summary>Does something; where the peer stalls at a place, the limit of the wait there passes, and no other.</summary>
    public async Task<T> RunAsync<T>(Task<T> work, Place place, Fault fault, int shift = 0)
    {
        if (fault.Class == FaultClass.Late)
        {
            await Rig.UntilAsync(() => work.IsCompleted || (Peer.Connections.Count > 0 && place.IsReached(First, shift)));
            Clock.ExpireOfThese(place.Limit);
        }
        return await work.WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System, Rig.Stop);
    }

    /// <summary>Gives the place back, and sees that nothing but an idle session is left, if that.</summary>
    public async Task LeaveAsync(SmtpPoolPlace place, bool kept)
    {
        await place.LeaveAsync(Rig.Stop);
        Assert.Equal(kept ? (1, 1, 0, 1) : (0, 0, 0, 0), _pool.Count);
    }

    /// <summary>The verbs of a connection, those of AUTH responses aside.</summary>
    public string Verbs(int connection) => string.Join(' ', Peer.Connections[connection - 1].Commands.Select(static command => command.Split(' ')[0]));

    public async ValueTask DisposeAsync()
    {
        if (_taken is not null)
            await _taken.DisposeAsync();        // still there when an assertion failed
        await _pool.DisposeAsync();
        await Peer.DisposeAsync();
        Assert.Equal((0, 0, 0, 0), _pool.Count);
    }

    private static string[] Keywords(string mode) =>
        [.. mode.StartsWith("pipelined", StringComparison.Ordinal) ? (string[])["PIPELINING"] : [], .. mode.EndsWith("BDAT", StringComparison.Ordinal) ? (string[])["CHUNKING"] : [], "ENHANCEDSTATUSCODES"];
}
