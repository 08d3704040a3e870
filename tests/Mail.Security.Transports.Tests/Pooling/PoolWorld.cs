using System.Diagnostics.Metrics;
using System.Net;
using Mail.Security.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Mail.Security.Transports.Tests;

/// <summary>A peer, a pool with a clock that stands still, and callers of it.</summary>
internal sealed class PoolWorld : IAsyncDisposable
{
    public PoolWorld(MailExchangerOptions? peer = null, SmtpSessionPoolOptions? options = null, IMeterFactory? meters = null)
        : this(ScriptedSmtpPeer.StartMailExchanger(peer), options, meters)
    {
    }

    public PoolWorld(ScriptedSmtpPeer peer, SmtpSessionPoolOptions? options = null, IMeterFactory? meters = null)
    {
        Peer = peer;
        Pool = new SmtpSessionPool(options, Time, Log, meters);
    }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public ListLogger<SmtpSessionPool> Log { get; } = new();

    public ScriptedSmtpPeer Peer { get; }

    public SmtpSessionPool Pool { get; }

    public static SmtpSessionSettings Clear { get; } = Rig.Clear with { Timeouts = SmtpTimeouts.Default };

    public SmtpPoolRequest Request { get; } = new()
    {
        Host = Rig.Host,
        Port = 25,
        Addresses = [IPAddress.Loopback],
        Dialer = new TcpDialer(),
        Settings = Clear,
    };

    public async Task<SmtpPoolPlace> EnterAsync(SmtpPoolRequest? request = null) => Assert.IsType<SmtpPoolTurn.Entered>(await Pool.EnterAsync(request ?? Request, Rig.Stop)).Place;

    /// <summary>Takes a place with a session, used again or opened.</summary>
    public async Task<SmtpPoolPlace> TakeAsync(SmtpPoolRequest? request = null)
    {
        var place = await EnterAsync(request);
        if (place.Session is null)
            await OpenAsync(place, request ?? Request);
        return place;
    }

    public async Task OpenAsync(SmtpPoolPlace place, SmtpPoolRequest? request = null) =>
        Assert.IsType<SessionOpenResult.Opened>(await place.OpenAsync(new DialResult.Connected(await Rig.ConnectAsync(Peer.EndPoint), null, Peer.EndPoint) { Via = "north" }, Peer.EndPoint, (request ?? Request).Settings, Rig.Stop));

    /// <summary>Sends a message in a place and gives the place back.</summary>
    public async Task SendAsync(SmtpPoolRequest? request = null)
    {
        await using var place = await TakeAsync(request);
        await SendAsync(place);
    }

    public static async Task SendAsync(SmtpPoolPlace place, SessionState then = SessionState.Reusable) =>
        Assert.Equal($"Accepted/EndOfData; -; {then}", Rig.Describe(await place.Session!.SendAsync(Rig.Envelope("a@mx.test"), Rig.Content, Rig.Stop)));

    /// <summary>The commands of a connection, one letter each but for greeting and addresses.</summary>
    public string Commands(int connection) => string.Join(' ', Peer.Connections[connection - 1].Commands.Select(static command => command.Split(' ')[0]));

    /// <summary>Why sessions left the pool, in the order they did.</summary>
    public IReadOnlyList<string> Ended => [.. Log.Lines.Where(static line => line.StartsWith("1361", StringComparison.Ordinal)).Select(static line => line[(line.LastIndexOf(' ') + 1)..])];

    public async ValueTask DisposeAsync()
    {
        await Pool.DisposeAsync();
        await Peer.DisposeAsync();
        Assert.Equal((0, 0, 0, 0), Pool.Count);         // whatever happened, no place and no host is left
    }
}
