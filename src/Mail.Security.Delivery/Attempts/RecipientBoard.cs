using Mail.Security.Smtp;

namespace Mail.Security.Delivery;

/// <summary>Why a host did not take a recipient.</summary>
/// <param name="Host">The host; empty when it is about none.</param>
/// <param name="Failure">What it means.</param>
/// <param name="Said">What the host replied; null when it said nothing.</param>
internal sealed record HostFailure(DomainName Host, DeliveryFailure Failure, SmtpReply? Said)
{
    /// <summary>The reply by which the host decided. One that refuses nothing decided nothing: we did.</summary>
    public SmtpReply? Reply { get; } = Said is { IsTransient: true } or { IsPermanent: true } ? Said : null;
}

/// <summary>The recipients of an attempt: who is settled, and what stood in the way of the others so far.</summary>
/// <remarks>A recipient named twice is one: he is asked for once, gets one copy, and every mention of him is settled with the first.</remarks>
internal sealed class RecipientBoard(IReadOnlyList<SmtpRecipient> recipients)
{
    private readonly RecipientReport?[] _settled = new RecipientReport?[recipients.Count];
    private readonly int[] _first = FirstMentions(recipients);
    private readonly List<HostFailure>[] _failures = [.. recipients.Select(static _ => new List<HostFailure>())];

    public bool AnyOpen => _settled.Contains(null);

    public bool AnyDelivered => Array.Exists(_settled, static report => report is { Disposition: Disposition.Delivered });

    public int Delivered => _settled.Count(static report => report is { Disposition: Disposition.Delivered });

    public int Count => recipients.Count;

    /// <summary>The recipients no host has settled yet, with their place on the board.</summary>
    public IReadOnlyList<(int Index, SmtpRecipient Recipient)> Open =>
        [.. Enumerable.Range(0, recipients.Count).Where(index => _settled[index] is null && _first[index] == index).Select(index => (index, recipients[index]))];

    /// <summary>Settles a recipient whom a host has taken.</summary>
    public void Deliver(int index, DomainName host, SmtpReply reply, bool owesRelayedDsn = false) => Settle(index, new RecipientReport
    {
        Recipient = recipients[index].Path,
        Disposition = Disposition.Delivered,
        Status = FailureTable.StatusOf(reply, 2),
        Sentence = Sentences.OneLine($"{host} accepted the message: {reply}"),
        RemoteHost = host,
        RemoteReply = reply,
        OwesRelayedDsn = owesRelayedDsn,
    });

    /// <summary>Settles a recipient that no other host is asked about.</summary>
    public void Settle(int index, HostFailure failure) =>
        Settle(index, failure.Failure.Disposition, failure.Failure.Status, Sentence(failure), failure.Host, failure.Reply);

    /// <summary>Notes why a host did not take a recipient, which stays open for the next one.</summary>
    public void Note(int index, HostFailure failure) => _failures[index].Add(failure);

    /// <summary>Notes a failure that is everyone's.</summary>
    public void NoteAll(HostFailure failure)
    {
        foreach (var (index, _) in Open)
            Note(index, failure);
    }

    /// <summary>Closes the board: who is open is judged by all that stood in the way.</summary>
    public IReadOnlyList<RecipientReport> Seal(DomainName domain)
    {
        foreach (var (index, _) in Open)
            Settle(index, Judge(_failures[index]) ?? new HostFailure(default, FailureTable.Of(PlanFault.NothingTried, domain.ToString()), null));
        return _settled!;
    }

    // One host that may take the message later makes the whole attempt transient; it is also the one to tell of. What a host
    // said comes first, then a failure of its protection, then whatever was met last.
    private static HostFailure? Judge(List<HostFailure> failures)
    {
        var transient = failures.Where(static failure => failure.Failure.Disposition == Disposition.Transient).ToList();
        var candidates = transient.Count > 0 ? transient : failures;
        return candidates.LastOrDefault(static failure => failure.Reply is not null)
            ?? candidates.LastOrDefault(static failure => failure.Failure.Report != TlsFailureType.None)
            ?? candidates.LastOrDefault(static failure => !failure.Host.IsEmpty)
            ?? candidates.LastOrDefault();
    }

    private static string Sentence(HostFailure failure) => failure.Host.IsEmpty ? failure.Failure.Sentence : $"{failure.Host}: {failure.Failure.Sentence}";

    private void Settle(int index, Disposition disposition, EnhancedStatus status, string sentence, DomainName host, SmtpReply? reply) => Settle(index, new RecipientReport
    {
        Recipient = recipients[index].Path,
        Disposition = disposition,
        Status = status,
        Sentence = Sentences.OneLine(sentence),
        RemoteHost = host,
        RemoteReply = reply,
    });

    private void Settle(int index, RecipientReport report)
    {
        for (var at = index; at < _first.Length; at++)
        {
            if (_first[at] == index)
                _settled[at] ??= report;
        }
    }

    private static int[] FirstMentions(IReadOnlyList<SmtpRecipient> recipients)
    {
        var seen = new Dictionary<MailPath, int>();
        return [.. recipients.Index().Select(pair => seen.TryAdd(pair.Item.Path, pair.Index) ? pair.Index : seen[pair.Item.Path])];
    }
}
