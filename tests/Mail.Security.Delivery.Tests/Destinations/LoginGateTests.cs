using FsCheck.Xunit;
using Mail.Security.Sasl;
using Mail.Security.Transports;
using Microsoft.Extensions.Time.Testing;

namespace Mail.Security.Delivery.Tests;

public sealed class LoginGateTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly FakeTimeProvider _time = new();
    private readonly SmtpClientAuthentication _login = new(new SaslCredentials("relay", "geheim"));

    [Fact]
    public void Ended_ManyTriesAtTheSameTime_CountOnce()
    {
        var gate = new LoginGate(Minute, _time);
        var rounds = Enumerable.Range(0, 5).Select(_ => gate.Enter(_login).Round).ToList();
        rounds.ForEach(round => gate.Ended(_login, round, failed: true));
        Assert.Equal(Minute, gate.Enter(_login).Wait);
    }

    [Fact]
    public void Enter_NothingKnownYet_OneFindsOut()
    {
        var gate = new LoginGate(Minute, _time);
        Assert.Equal(TimeSpan.Zero, gate.Enter(_login).Wait);
        Assert.InRange(gate.Enter(_login).Wait, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5));
        gate.Left(_login);                     // it did not come to a login
        var (wait, round) = gate.Enter(_login);
        Assert.Equal(TimeSpan.Zero, wait);
        gate.Ended(_login, round, failed: false);
        Assert.Equal([TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero], Enumerable.Range(0, 3).Select(_ => gate.Enter(_login).Wait));
    }

    [Fact]
    public void Enter_WhileATryIsOn_Waits()
    {
        var gate = new LoginGate(Minute, _time);
        gate.Ended(_login, gate.Enter(_login).Round, failed: true);
        _time.Advance(Minute);
        Assert.Equal(TimeSpan.Zero, gate.Enter(_login).Wait);
        Assert.Equal(Minute, gate.Enter(_login).Wait);
        _time.Advance(Minute);                 // the try came to no end: the next one has its turn
        Assert.Equal(TimeSpan.Zero, gate.Enter(_login).Wait);
    }

    [Fact]
    public void Ended_Succeeded_AllMayTryAndALateFailureCountsNot()
    {
        var gate = new LoginGate(Minute, _time);
        gate.Ended(_login, gate.Enter(_login).Round, failed: true);
        _time.Advance(Minute);
        var (_, round) = gate.Enter(_login);
        gate.Ended(_login, round, failed: false);
        gate.Ended(_login, round, failed: true);
        Assert.Equal(TimeSpan.Zero, gate.Enter(_login).Wait);
        Assert.Equal(TimeSpan.Zero, gate.Enter(_login).Wait);
    }

    [Fact]
    public void Enter_AnotherLogin_HasNoPartInIt()
    {
        var gate = new LoginGate(Minute, _time);
        gate.Ended(_login, gate.Enter(_login).Round, failed: true);
        Assert.Equal(TimeSpan.Zero, gate.Enter(new SmtpClientAuthentication(new SaslCredentials("relay", "geheim"))).Wait);
    }

    [Fact]
    public void Enter_NoPause_NeverWaits()
    {
        var gate = new LoginGate(TimeSpan.Zero, _time);
        gate.Ended(_login, gate.Enter(_login).Round, failed: true);
        Assert.Equal(TimeSpan.Zero, gate.Enter(_login).Wait);
    }

    /// <summary>Whoever comes whenever: between two tries of a login that always fails lies a pause, and no wait is longer than sixteen.</summary>
    [Property]
    public bool Enter_LoginThatAlwaysFails_OneTryInAPause(byte[] seconds)
    {
        var time = new FakeTimeProvider();
        var gate = new LoginGate(Minute, time);
        var last = DateTimeOffset.MinValue;
        foreach (var pause in seconds)
        {
            var (wait, round) = gate.Enter(_login);
            if (wait == TimeSpan.Zero)
            {
                if (time.GetUtcNow() - last < Minute)
                    return false;
                last = time.GetUtcNow();
                gate.Ended(_login, round, failed: true);
            }
            else if (wait > 16 * Minute)
            {
                return false;
            }
            time.Advance(TimeSpan.FromSeconds(pause));
        }
        return true;
    }
}
