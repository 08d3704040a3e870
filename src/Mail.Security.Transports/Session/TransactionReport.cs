using System.Diagnostics;
using Mail.Security.Smtp;

namespace Mail.Security.Transports;

/// <summary>What became of one message in a session, one outcome for each recipient, in a buffer that can be used again and again.</summary>
/// <remarks>
/// The replies that decided are kept as they came and read only when asked for: a caller who looks at outcomes and codes allocates nothing.
/// A report is filled by one transaction at a time, and is good until the next. A decision, once made, stays, but for an acceptance that turns out to have been the answer to something else.
/// </remarks>
public sealed class TransactionReport
{
    // What a server says of each of many recipients is kept until the report is used again: enough for a person to read, and no more.
    private const int MaxText = 2 * 1024;
    private const int MaxTexts = 4 * 1024 * 1024;
    private const int MaxShortText = 128;
    private const int SeparatorAt = 3;

    private IReadOnlyList<SmtpRecipient> _recipients = [];
    private Entry[] _entries = [];
    private byte[] _replies = [];
    private int _length;
    private (int At, SmtpReply Reply)? _read;           // recipients that share a reply share what was read of it

    /// <summary>The number of recipients of the envelope.</summary>
    public int Count { get; private set; }

    /// <summary>How many recipients the server has taken responsibility for.</summary>
    public int Accepted { get; private set; }

    /// <summary>Why the connection failed during the transaction; null when it did not.</summary>
    public SessionFailure? ConnectionFailure { get; private set; }

    /// <summary>Whether the session may be used again.</summary>
    public SessionState State { get; private set; }

    /// <summary>Whether the server was told of what the sender wants to be told (RFC 3461 §5.2.1), so that it is the server's business now.</summary>
    internal bool PassesDsn { get; set; }

    /// <summary>Some recipient is not decided yet.</summary>
    internal bool AnyOpen
    {
        get
        {
            foreach (ref var entry in Entries)
            {
                if (!entry.IsDecided)
                    return true;
            }
            return false;
        }
    }

    /// <summary>Some recipient has to wait for another transaction.</summary>
    internal bool AnyWaiting
    {
        get
        {
            foreach (ref var entry in Entries)
            {
                if (entry is { IsInTurn: false, IsDecided: false })
                    return true;
            }
            return false;
        }
    }

    /// <summary>The server accepted the RCPT of some recipient, and nothing has gone wrong for it since.</summary>
    internal bool AnyAccepted
    {
        get
        {
            foreach (ref var entry in Entries)
            {
                if (entry is { IsTaken: true, IsDecided: false })
                    return true;
            }
            return false;
        }
    }

    /// <summary>The server accepted the RCPT of some recipient, whatever it said before or after.</summary>
    internal bool AnyTaken
    {
        get
        {
            foreach (ref var entry in Entries)
            {
                if (entry.IsTaken)
                    return true;
            }
            return false;
        }
    }

    private Span<Entry> Entries => _entries.AsSpan(0, Count);

    /// <summary>What was done for a recipient.</summary>
    /// <param name="index">Its place in the envelope.</param>
    public DeliveryOutcome OutcomeOf(int index) => At(index).Outcome;

    /// <summary>Where it was decided.</summary>
    /// <param name="index">The recipient's place in the envelope.</param>
    public SmtpStage StageOf(int index) => At(index).Stage;

    /// <summary>The code of the reply that decided; 0 when it was no reply.</summary>
    /// <param name="index">The recipient's place in the envelope.</param>
    public int ReplyCodeOf(int index) => At(index) is { IsLost: true } ? ConnectionFailure?.Reply?.Code ?? 0 : At(index).Code;

    /// <summary>
    /// Whether a "relayed" notification is owed for a recipient: it was accepted, the sender wants to hear of success, and this server will not
    /// tell (RFC 3461 §5.2.2).
    /// </summary>
    /// <param name="index">Its place in the envelope.</param>
    public bool OwesRelayedDsnTo(int index) =>
        At(index).Outcome == DeliveryOutcome.Accepted && !PassesDsn && _recipients[index].Notify.HasFlag(DsnNotify.Success);

    /// <summary>Everything about a recipient, to keep. Of a reply over 2 KiB its beginning, and of 128 octets where thousands of them are long.</summary>
    /// <param name="index">Its place in the envelope.</param>
    public RecipientOutcome ToOutcome(int index)
    {
        ref var entry = ref At(index);
        var path = PathOf(index);
        if (entry.IsLost)
            return new(path, entry.Outcome, ConnectionFailure?.Reply, null, entry.Stage, ConnectionFailure?.Detail ?? "the transaction ended without an answer");
        if (entry.IsLocal)
            return new(path, entry.Outcome, null, entry.Local, entry.Stage, entry.Local.ToString());
        var reply = ReadReply(entry);
        return new(path, entry.Outcome, reply, null, entry.Stage, reply.ToString()) { OwesRelayedDsn = OwesRelayedDsnTo(index) };
    }

    /// <summary>The whole report, to keep.</summary>
    public TransactionResult ToResult()
    {
        var outcomes = new RecipientOutcome[Count];
        for (var index = 0; index < Count; index++)
            outcomes[index] = ToOutcome(index);
        return new TransactionResult(outcomes, ConnectionFailure, State);
    }

    /// <summary>Empties the report for a transaction.</summary>
    /// <exception cref="ArgumentException">The envelope has no recipient, or the null path as one.</exception>
    internal void Begin(IReadOnlyList<SmtpRecipient> recipients)
    {
        if (!MailItem.AreRecipients(recipients))
            throw new ArgumentException("An envelope has at least one recipient, and the null path is none.", nameof(recipients));
        if (_entries.Length < recipients.Count)
            _entries = new Entry[recipients.Count];
        (_recipients, Count) = (recipients, recipients.Count);
        Entries.Clear();
        (_length, _read, Accepted, ConnectionFailure, State, PassesDsn) = (0, null, 0, null, SessionState.Broken, false);
    }

    /// <summary>Chooses the recipients of the next transaction among those that are open: all, or as many as the server takes in one.</summary>
    /// <param name="limits">What the server takes.</param>
    /// <param name="domains">The domains it has been told in this session, to which the chosen are added; null where their number has no limit.</param>
    /// <returns>How many.</returns>
    internal int BeginTurn(AnnouncedLimits limits, HashSet<DomainName>? domains)
    {
        var count = 0;
        for (var index = 0; index < Count; index++)
        {
            ref var entry = ref _entries[index];
            (entry.IsInTurn, entry.IsSent, entry.IsTaken) = (false, false, false);
            if (entry.IsDecided || count >= (limits.Recipients ?? int.MaxValue))
                continue;
            if (domains is not null && !domains.Contains(PathOf(index).Domain) && domains.Count >= limits.RecipientDomains)
                continue;
            domains?.Add(PathOf(index).Domain);
            entry.IsInTurn = true;
            count++;
        }
        return count;
    }

    /// <summary>RCPT was written, and will be answered.</summary>
    internal void NoteSent(int index) => _entries[index].IsSent = true;

    internal bool WasSent(int index) => _entries[index].IsSent;

    /// <summary>The recipient takes part in this transaction, and is not decided yet.</summary>
    internal bool IsOpen(int index) => _entries[index] is { IsInTurn: true, IsDecided: false };

    internal MailPath PathOf(int index) => _recipients[index].Path;

    internal SmtpRecipient RecipientAt(int index) => _recipients[index];

    /// <summary>The server's reply to RCPT.</summary>
    internal void Answer(int index, WireReply reply, ReadOnlySpan<byte> text)
    {
        if (reply.IsPositive)       // RFC 5321 §4.2.1: 250, 251 and 252 all accept
            _entries[index].IsTaken = true;
        else if (IsOpen(index))
            Decide(index, reply, SmtpStage.Recipient, Keep(text));
    }

    /// <summary>A reply that decides for all that are left in this transaction.</summary>
    internal void DecideAll(WireReply reply, ReadOnlySpan<byte> text, SmtpStage stage)
    {
        var kept = Keep(text);
        for (var index = 0; index < Count; index++)
        {
            if (IsOpen(index))
                Decide(index, reply, stage, kept);
        }
    }

    /// <summary>Opens again who was accepted in this turn: the reply was not the one to the content.</summary>
    internal void TakeBack()
    {
        foreach (ref var entry in Entries)
        {
            if (entry is not { IsInTurn: true, Outcome: DeliveryOutcome.Accepted })
                continue;
            (entry.IsDecided, entry.Outcome, entry.Code) = (false, default, 0);
            Accepted--;
        }
    }

    /// <summary>Our own reason against one recipient.</summary>
    internal void Refuse(int index, in SmtpRefusal refusal, SmtpStage stage)
    {
        ref var entry = ref _entries[index];
        if (entry.IsDecided)
            return;
        (entry.IsDecided, entry.IsLocal, entry.Local, entry.Stage) = (true, true, refusal, stage);
        entry.Outcome = refusal.Status.IsPermanent ? DeliveryOutcome.Refused : DeliveryOutcome.Deferred;
    }

    /// <summary>Our own reason against all that are left.</summary>
    internal void RefuseAll(in SmtpRefusal refusal, SmtpStage stage)
    {
        for (var index = 0; index < Count; index++)
            Refuse(index, refusal, stage);
    }

    /// <summary>Closes the report: who is still open is deferred by the failure.</summary>
    internal void Seal(SessionFailure? failure, SessionState state)
    {
        (ConnectionFailure, State) = (failure, state);
        foreach (ref var entry in Entries)
        {
            // Whose turn had not come was not sent anything.
            if (!entry.IsDecided)
                (entry.IsDecided, entry.IsLost, entry.Stage) = (true, true, failure is not null && entry.IsInTurn ? failure.Stage : SmtpStage.Local);
        }
    }

    // RFC 5321 §4.5.3.1.10: 552 to RCPT is how older servers say 452, too many recipients.
    private static DeliveryOutcome OutcomeOf(WireReply reply, SmtpStage stage) => reply.Code switch
    {
        >= 200 and < 300 when stage == SmtpStage.EndOfData => DeliveryOutcome.Accepted,
        552 when stage == SmtpStage.Recipient => DeliveryOutcome.Deferred,
        >= 500 => DeliveryOutcome.Refused,
        _ => DeliveryOutcome.Deferred,
    };

    private ref Entry At(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
        return ref _entries[index];
    }

    private void Decide(int index, WireReply reply, SmtpStage stage, (int At, int Length) kept)
    {
        ref var entry = ref _entries[index];
        (entry.IsDecided, entry.Stage, entry.Code, entry.ReplyAt, entry.ReplyLength) = (true, stage, reply.Code, kept.At, kept.Length);
        entry.Outcome = OutcomeOf(reply, stage);
        if (entry.Outcome == DeliveryOutcome.Accepted)
            Accepted++;
    }

    private (int At, int Length) Keep(ReadOnlySpan<byte> text)
    {
        var at = _length;
        if (text.Length <= (_length < MaxTexts ? MaxText : MaxShortText))
            Append(text);
        else
            Shorten(text, _length < MaxTexts ? MaxText : MaxShortText);
        return (at, _length - at);
    }

    // The lines that fit, the last of them made the end of the reply (RFC 5321 §4.2.1); of a first line that is too long itself, what fits.
    private void Shorten(ReadOnlySpan<byte> text, int limit)
    {
        var (start, end, last) = (_length, 0, 0);
        for (var next = 0; (next = text[end..].IndexOf((byte)'\n')) >= 0 && end + next + 1 <= limit;)
            (last, end) = (end, end + next + 1);
        if (end > 0)
        {
            Append(text[..end]);
            if (end - last > SeparatorAt)
                _replies[start + last + SeparatorAt] = (byte)' ';
            return;
        }
        end = limit - 2;
        while ((text[end] & 0xC0) == 0x80)      // not within a character
            end--;
        Append(text[..end]);
        _replies[start + SeparatorAt] = (byte)' ';
        Append("\r\n"u8);
    }

    private void Append(ReadOnlySpan<byte> text)
    {
        if (_replies.Length - _length < text.Length)
            Array.Resize(ref _replies, Math.Max(_length + text.Length, Math.Max(256, _replies.Length * 2)));
        text.CopyTo(_replies.AsSpan(_length));
        _length += text.Length;
    }

    private SmtpReply ReadReply(in Entry entry)
    {
        if (_read is { } read && read.At == entry.ReplyAt)
            return read.Reply;
        if (SmtpReplyReader.TryRead(_replies.AsSpan(entry.ReplyAt, entry.ReplyLength), int.MaxValue, out var view, out _, out _) != ReadStatus.Complete)
            throw new UnreachableException("A reply that was read before.");
        _read = (entry.ReplyAt, view.ToReply());
        return _read.Value.Reply;
    }

    private struct Entry
    {
        public bool IsDecided;
        public bool IsInTurn;       // of this transaction
        public bool IsSent;
        public bool IsTaken;        // RCPT was accepted
        public bool IsLocal;
        public bool IsLost;         // with the connection
        public DeliveryOutcome Outcome;
        public SmtpStage Stage;
        public int Code;
        public int ReplyAt;
        public int ReplyLength;
        public SmtpRefusal Local;
    }
}
