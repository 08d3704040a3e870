using System.Net;
using Mail.Security.Smtp;
using Mail.Security.SmtpServer;

namespace Mail.Security.Fuzz.Targets;

/// <summary>A handler that the client can make misbehave by the addresses it uses, and that holds the session to what it promises its handlers.</summary>
internal sealed class CheckingHandler : SmtpHandler
{
    private readonly List<CheckingSink> _sinks = [];
    private readonly List<MailPath> _recipients = [];
    private string? _broken;
    private bool _greeted;
    private bool _helloSaid;
    private bool _mailTaken;

    /// <summary>The messages accepted, in order.</summary>
    public List<byte[]> Accepted { get; } = [];

    /// <summary>The calls, in words.</summary>
    public List<string> Calls { get; } = [];

    public override ValueTask<SmtpRefusal?> OnConnectAsync(SmtpSessionInfo session, CancellationToken cancellationToken)
    {
        VerifySession(session);
        Rule(session.HelloName.Length == 0 || session.ProxyEndPoint is not null, "a greeting comes before EHLO, unless XCLIENT told of it");
        (_greeted, _helloSaid, _mailTaken) = (true, false, false);
        Calls.Add($"connect {session.RemoteEndPoint}");
        return default;
    }

    public override ValueTask<SmtpRefusal?> OnHelloAsync(SmtpSessionInfo session, CancellationToken cancellationToken)
    {
        Rule(_greeted, "EHLO comes behind the greeting");
        VerifySession(session);
        Calls.Add($"hello {session.HelloName}");
        var refusal = Misbehave(session.HelloName);
        if (refusal is null)
            (_helloSaid, _mailTaken) = (true, false);
        return new(refusal);
    }

    public override ValueTask<SmtpRefusal?> OnMailAsync(SmtpSessionInfo session, SmtpEnvelopeBuilder envelope, CancellationToken cancellationToken)
    {
        Rule(_helloSaid, "MAIL comes behind EHLO");
        Rule(_sinks.TrueForAll(sink => sink.IsDisposed), "a transaction begins when the one before is over");
        Rule(envelope.Recipients.Count == 0, "a new envelope has no recipients");
        _mailTaken = false;
        _recipients.Clear();
        Calls.Add($"mail {envelope.ReversePath}");
        var refusal = Misbehave(envelope.ReversePath.LocalPart);
        _mailTaken = refusal is null;
        return new(refusal);
    }

    public override ValueTask<SmtpRefusal?> OnRecipientAsync(SmtpSessionInfo session, SmtpEnvelopeBuilder envelope, MailPath recipient, CancellationToken cancellationToken)
    {
        Rule(_mailTaken, "RCPT comes behind an accepted MAIL");
        Rule(!recipient.IsNull, "the null path is no recipient");
        Rule(_recipients.SequenceEqual(envelope.Recipients.Select(one => one.Path)), "the envelope has the recipients that were accepted");
        Calls.Add($"rcpt {recipient}");
        var refusal = Misbehave(recipient.LocalPart);
        if (refusal is null)
            _recipients.Add(recipient);
        return new(refusal);
    }

    public override ValueTask<DataDecision> OnDataAsync(SmtpSessionInfo session, SmtpEnvelope envelope, CancellationToken cancellationToken)
    {
        Rule(_mailTaken && _recipients.Count > 0, "data comes behind an accepted recipient");
        Rule(_recipients.SequenceEqual(envelope.Recipients.Select(one => one.Path)), "the message is for the recipients that were accepted");
        Rule(_sinks.TrueForAll(sink => sink.IsDisposed), "a session has one sink at a time");
        Rule(envelope.AuthorizationIdentity == session.Authentication?.AuthorizationIdentity, "the envelope tells of the login, and of no other");
        Calls.Add("data");
        var header = ReceivedHeader.Format(ReceivedTrace.Create(session, envelope, DomainName.Parse("mx.example"), "queue-1", new DateTimeOffset(2026, 3, 1, 8, 0, 0, TimeSpan.Zero)));
        Rule(ReferenceContent.FaultOf(header, ended: true) == SyntaxFault.None, "the Received field can stand in a message");
        if (envelope.ReversePath.LocalPart == "nothing")
            return new((DataDecision)null!);
        if (envelope.ReversePath.LocalPart == "nodata")
            return new(new SmtpRefusal(554, new(5, 7, 1), "no data"));
        var sink = new CheckingSink(this, envelope);
        _sinks.Add(sink);
        return new(sink);
    }

    /// <summary>Notes a broken rule for the end: the session would take an exception for a fault of its handler.</summary>
    public void Rule(bool holds, string rule) => _broken ??= holds ? null : rule;

    /// <summary>Notes an accepted message.</summary>
    public void Accept(byte[] content) => Accepted.Add(content);

    /// <summary>What must be so when the session is over.</summary>
    public void VerifyEnd(SessionEnd end)
    {
        if (_broken is not null)
            throw new BrokenRuleException(_broken);
        Check.That(end.Reason != SessionEndReason.Unspecified, "an end has a reason");
        Check.Equal(Accepted.Count, end.AcceptedMessages, "the session counts what was accepted");
        Check.That(_sinks.TrueForAll(sink => sink.IsDisposed), "every sink is disposed at the end");
        Check.That(!end.Detail.Any(char.IsControl), "the detail of an end can be logged");
    }

    private static SmtpRefusal? Misbehave(string word) => word switch
    {
        "refuse" => new(550, new(5, 1, 1), "refused"),
        "defer" => new(451, new(4, 3, 0), "not now"),
        "close" => new(421, new(4, 3, 2), "closing"),
        "crossed" => new(550, new(4, 0, 0), "a code and a status that differ"),
        "throw" => throw new InvalidOperationException("the handler is broken"),
        _ => null,
    };

    private void VerifySession(SmtpSessionInfo session)
    {
        Rule(session.HelloName.Length <= 255 && session.HelloName.All(letter => letter is > ' ' and <= '~' and not ('(' or ')' or '"' or '\\' or '<' or '>')), "a name of EHLO can be shown");
        Rule(session.Login is null || session.Login.All(letter => letter is >= ' ' and <= '~'), "a login is printable");
        Rule(session.RemoteEndPoint is null or IPEndPoint, "an end point has an address");
        Rule(session.RemoteName.IsEmpty || DomainName.TryParseLax(session.RemoteName.Ascii, out _), "a name is a name");
    }
}
