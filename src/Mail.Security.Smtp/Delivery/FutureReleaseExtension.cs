using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Mail.Security.Smtp;

/// <summary>FUTURERELEASE, both ends: HOLDFOR and HOLDUNTIL in MAIL go into <see cref="SmtpEnvelope.FutureRelease"/>, and from there to the next server (RFC 4865).</summary>
/// <remarks>
/// A promise: give it to a listener only when its queue holds such messages. It belongs to submission ports and must not be offered on any
/// other (RFC 4865 §4.2); a quota for held messages is for the handler to keep (RFC 4865 §6).
/// </remarks>
/// <param name="longest">The longest time a message is held, one second to 999,999,999.</param>
/// <param name="time">The clock; the system's by default.</param>
public sealed class FutureReleaseExtension(TimeSpan longest, TimeProvider? time = null) : SmtpExtension
{
    private const int MaxSeconds = 999_999_999;

    // RFC 4865 §4.2: all of it is answered so.
    private static readonly SmtpRefusal Invalid = new(501, new EnhancedStatus(5, 5, 4), "HOLDFOR or HOLDUNTIL is not valid here");
    private static readonly SmtpRefusal Both = new(501, new EnhancedStatus(5, 5, 4), "HOLDFOR and HOLDUNTIL exclude each other");
    private static readonly SmtpRefusal TooLate = new(501, new EnhancedStatus(5, 5, 4), "The message would be released after it must be delivered");

    private static readonly SmtpRefusal NotHeld = new(554, new EnhancedStatus(5, 3, 3), "The next server does not hold messages, or not for so long");

    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly long _longest = longest >= TimeSpan.FromSeconds(1) && longest <= TimeSpan.FromSeconds(MaxSeconds)
        ? (long)longest.TotalSeconds
        : throw new ArgumentOutOfRangeException(nameof(longest), longest, "One second to 999,999,999.");

    /// <inheritdoc/>
    public override string Keyword => "FUTURERELEASE";

    /// <inheritdoc/>
    public override string GetEhloLine(SmtpChannel channel) =>
        string.Create(CultureInfo.InvariantCulture, $"{Keyword} {_longest} {_time.GetUtcNow().AddSeconds(_longest):yyyy-MM-dd'T'HH:mm:ss'Z'}");

    /// <inheritdoc/>
    public override SmtpParameterHandling OnMailParameter(SmtpChannel channel, SmtpParameter parameter, SmtpEnvelopeBuilder envelope, out SmtpRefusal refusal)
    {
        ArgumentNullException.ThrowIfNull(envelope);
        refusal = default;
        var holdFor = parameter.Is("HOLDFOR"u8);
        if (!holdFor && !parameter.Is("HOLDUNTIL"u8))
            return SmtpParameterHandling.NotMine;
        if (envelope.FutureRelease is not null)
            return Refuse(Both, out refusal);
        envelope.FutureRelease = holdFor ? ReadFor(parameter.Value) : ReadUntil(parameter.Value);
        return envelope.FutureRelease is null ? Refuse(Invalid, out refusal) : SmtpParameterHandling.Accepted;
    }

    /// <summary>Refuses a message that would be held beyond its deliver-by time (RFC 4865 §5.2.2).</summary>
    public override SmtpRefusal? OnMailCommand(SmtpChannel channel, SmtpEnvelopeBuilder envelope)
    {
        ArgumentNullException.ThrowIfNull(envelope);
        return envelope is { FutureRelease: { } release, DeliverBy: { } deliver } && release.Until > deliver.By ? TooLate : null;
    }

    /// <summary>
    /// Asks the next server to hold the message for the time that is left (RFC 4865 §4.1); a message whose time has come, and a report (§5.1.1), goes as any other.
    /// Refuses when the server would not hold it, or not so long: it would be delivered too early.
    /// </summary>
    public override SmtpClientGate PrepareMail(SmtpChannel channel, EhloCapabilities peer, SmtpEnvelope envelope, SmtpParameterList mailParameters)
    {
        ArgumentNullException.ThrowIfNull(peer);
        ArgumentNullException.ThrowIfNull(envelope);
        ArgumentNullException.ThrowIfNull(mailParameters);
        var now = _time.GetUtcNow();
        if (envelope.FutureRelease is not { } release || release.Until <= now || envelope.ReversePath.IsNull)
            return SmtpClientGate.Proceed.Instance;
        if (!peer.TryGet(Keyword, out var announced) || announced.Split(' ') is not [var interval, var last, ..])
            return new SmtpClientGate.Refuse(NotHeld);
        if (envelope.DeliverBy is { } deliver && release.Until > deliver.By)
            return new SmtpClientGate.Refuse(TooLate);
        var left = (long)Math.Ceiling((release.Until - now).TotalSeconds);
        var until = release.Request.StartsWith("until;", StringComparison.Ordinal);
        var held = until ? InternetTime.TryParseUtc(last.ToUpperInvariant(), out var latest) && release.Until <= latest
            : long.TryParse(interval, NumberStyles.None, CultureInfo.InvariantCulture, out var longest) && left <= longest;
        if (!held)
            return new SmtpClientGate.Refuse(NotHeld);
        if (until)
            mailParameters.Add("HOLDUNTIL", release.Request["until;".Length..]);
        else
            mailParameters.Add("HOLDFOR", left);
        return SmtpClientGate.Proceed.Instance;
    }

    private FutureRelease? ReadFor(ReadOnlySpan<byte> value)
    {
        if (value.Length is 0 or > 9 || value.ContainsAnyExceptInRange((byte)'0', (byte)'9') || value[0] == (byte)'0')
            return null;
        return Utf8Parser.TryParse(value, out long seconds, out _) && seconds <= _longest
            ? new FutureRelease(_time.GetUtcNow().AddSeconds(seconds), string.Create(CultureInfo.InvariantCulture, $"for;{seconds}"))
            : null;
    }

    // A moment that has passed is no future one.
    private FutureRelease? ReadUntil(ReadOnlySpan<byte> value)
    {
        if (value.Length > 40 || !Ascii.IsValid(value))
            return null;
        var text = Encoding.ASCII.GetString(value).ToUpperInvariant();
        var now = _time.GetUtcNow();
        return InternetTime.TryParseUtc(text, out var until) && until > now && until <= now.AddSeconds(_longest) ? new FutureRelease(until, $"until;{text}") : null;
    }

    private static SmtpParameterHandling Refuse(SmtpRefusal with, out SmtpRefusal refusal)
    {
        refusal = with;
        return SmtpParameterHandling.Refused;
    }
}
