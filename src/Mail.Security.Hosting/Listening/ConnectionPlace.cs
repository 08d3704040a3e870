using System.Net;
using Mail.Security.Smtp;
using Mail.Security.SmtpServer;

namespace Mail.Security.Hosting;

/// <summary>The place of one connection. It is counted for the client's address, or, until a proxy told whose session it is, for nobody's.</summary>
internal sealed class ConnectionPlace(ConnectionGate gate, ConnectionPlaces places, IPAddress? peer, SmtpServerOptions server) : SmtpAdmission, IDisposable
{
    private static readonly EnhancedStatus NotNow = new(4, 3, 2);       // RFC 3463 §3.4
    private static readonly EnhancedStatus LoginNotNow = new(4, 7, 0);  // RFC 4954 §6

    private IPAddress? _countedAs;
    private Counting _counting;

    private enum Counting : byte
    {
        InAllOnly,
        ByAddress,
        Over,
    }

    /// <inheritdoc/>
    public override SmtpRefusal? Judge(SmtpSessionInfo session)
    {
        // A proxy's own session is nobody else's: a health check, XCLIENT without an address, or, behind a load balancer, one that is still to say by XCLIENT whose it is.
        if (session.RemoteAddress is { } address && (Same(address, peer) || IsStillToSay(session, address)))
        {
            StopCounting(Counting.InAllOnly);
            return null;
        }
        var verdict = Become(session.RemoteAddress);
        if (verdict == ConnectionVerdict.Admitted)
            return null;
        gate.Refused(session.RemoteEndPoint, verdict);
        return new(421, NotNow, $"{verdict.Text()}");
    }

    /// <inheritdoc/>
    public override SmtpRefusal? BeginLogin(SmtpSessionInfo session) => Refusal(gate.BeginLogin(session));

    /// <inheritdoc/>
    public override SmtpRefusal? JudgeLogin(SmtpSessionInfo session, string userName) => Refusal(gate.JudgeLogin(session, userName));

    /// <inheritdoc/>
    public override void EndLogin(SmtpSessionInfo session, SmtpLoginOutcome outcome, string? userName) => gate.EndLogin(session, outcome, userName);

    /// <inheritdoc/>
    public override void AbandonLogin(SmtpSessionInfo session, string userName) => gate.AbandonLogin(session, userName);

    /// <summary>Counts the connection for another address from now on.</summary>
    public ConnectionVerdict Become(IPAddress? address)
    {
        StopCounting(Counting.InAllOnly);
        var verdict = places.EnterAs(address);
        if (verdict == ConnectionVerdict.Admitted)
            (_countedAs, _counting) = (address, Counting.ByAddress);
        return verdict;
    }

    /// <summary>Gives the place back.</summary>
    public void Dispose()
    {
        if (_counting == Counting.Over)
            return;
        StopCounting(Counting.Over);
        places.Leave();
    }

    private static SmtpRefusal? Refusal(LoginVerdict verdict) => verdict == LoginVerdict.Admitted ? null : new(454, LoginNotNow, verdict.Text());

    private void StopCounting(Counting next)
    {
        if (_counting == Counting.ByAddress)
            places.LeaveAs(_countedAs);
        _counting = next;
    }

    // Whom XCLIENT names is a client, whatever else its address may do.
    private bool IsStillToSay(SmtpSessionInfo session, IPAddress address) =>
        session.ClientSource != SmtpClientSource.Xclient && ConnectionGate.MaySayXclient(address, server);

    private static bool Same(IPAddress address, IPAddress? other) =>
        other is not null && address.Equals(other.IsIPv4MappedToIPv6 ? other.MapToIPv4() : other);
}
