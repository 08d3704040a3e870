using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Mail.Security.Smtp;

/// <summary>DELIVERBY, both ends: BY in MAIL goes into <see cref="SmtpEnvelope.DeliverBy"/>, and from there to the next server (RFC 2852).</summary>
/// <remarks>
/// A promise: give it to a listener only when its queue ends or reports what is late (RFC 2852 §4.1). A client that has it returns a message of
/// mode R rather than hand it to a server that knows nothing of times.
/// </remarks>
/// <param name="minimum">The least time that is accepted in mode R, announced when it is not zero; zero, the default, announces none. In whole seconds.</param>
/// <param name="time">The clock; the system's by default.</param>
public sealed class DeliverByExtension(TimeSpan minimum = default, TimeProvider? time = null) : SmtpExtension
{
    private const int MaxDigits = 9;

    private static readonly SmtpRefusal Syntax = new(501, new EnhancedStatus(5, 5, 4), "Syntax: BY=seconds;N|R[T], with R more than 0 seconds");
    private static readonly SmtpRefusal TooSoon = new(555, new EnhancedStatus(5, 5, 4), "The message cannot be delivered in so short a time");
    private static readonly SmtpRefusal Expired = new(554, new EnhancedStatus(5, 4, 7), "The delivery time has expired");
    private static readonly SmtpRefusal NotKept = new(554, new EnhancedStatus(5, 4, 7), "The next server does not promise to deliver in time");

    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly long _minimum = minimum >= TimeSpan.Zero && minimum.TotalSeconds < 1_000_000_000
        ? (long)minimum.TotalSeconds
        : throw new ArgumentOutOfRangeException(nameof(minimum), minimum, "Zero to 999,999,999 seconds.");

    /// <inheritdoc/>
    public override string Keyword => "DELIVERBY";

    /// <inheritdoc/>
    public override string GetEhloLine(SmtpChannel channel) =>
        _minimum == 0 ? Keyword : string.Create(CultureInfo.InvariantCulture, $"{Keyword} {_minimum}");

    /// <inheritdoc/>
    public override SmtpParameterHandling OnMailParameter(SmtpChannel channel, SmtpParameter parameter, SmtpEnvelopeBuilder envelope, out SmtpRefusal refusal)
    {
        ArgumentNullException.ThrowIfNull(envelope);
        refusal = default;
        if (!parameter.Is("BY"u8))
            return SmtpParameterHandling.NotMine;
        if (!TryRead(parameter.Value, out var seconds, out var deliver))
            refusal = Syntax;
        else if (deliver.Mode == DeliverByMode.Return && seconds <= 0)
            refusal = Syntax;           // RFC 2852 §4
        else if (deliver.Mode == DeliverByMode.Return && seconds < _minimum)
            refusal = TooSoon;          // RFC 2852 §3
        if (refusal.Code != 0)
            return SmtpParameterHandling.Refused;
        envelope.DeliverBy = deliver;
        return SmtpParameterHandling.Accepted;
    }

    /// <summary>Tells the next server the time that is left; refuses in mode R when it keeps no times, or the time is over (RFC 2852 §4.1.4).</summary>
    public override SmtpClientGate PrepareMail(SmtpChannel channel, EhloCapabilities peer, SmtpEnvelope envelope, SmtpParameterList mailParameters)
    {
        ArgumentNullException.ThrowIfNull(peer);
        ArgumentNullException.ThrowIfNull(envelope);
        ArgumentNullException.ThrowIfNull(mailParameters);
        if (envelope.DeliverBy is not { } deliver)
            return SmtpClientGate.Proceed.Instance;
        var left = Math.Clamp((long)Math.Floor((deliver.By - _time.GetUtcNow()).TotalSeconds), -999_999_999, 999_999_999);
        if (deliver.Mode == DeliverByMode.Return && left <= 0)
            return new SmtpClientGate.Refuse(Expired);
        if (!peer.TryGet(Keyword, out var announced))
            return deliver.Mode == DeliverByMode.Return ? new SmtpClientGate.Refuse(NotKept) : SmtpClientGate.Proceed.Instance;
        if (deliver.Mode == DeliverByMode.Return && MinimumOf(announced) > left)
            return new SmtpClientGate.Refuse(NotKept);
        mailParameters.Add("BY", string.Create(CultureInfo.InvariantCulture, $"{left};{(deliver.Mode == DeliverByMode.Return ? "R" : "N")}{(deliver.Trace == DeliverByTrace.On ? "T" : "")}"));
        return SmtpClientGate.Proceed.Instance;
    }

    private bool TryRead(ReadOnlySpan<byte> value, out long seconds, [NotNullWhen(true)] out DeliverBy? deliver)
    {
        (seconds, deliver) = (0, null);
        var mark = value.IndexOf((byte)';');
        if (mark < 0 || !Ascii.IsValid(value))
            return false;
        var number = Encoding.ASCII.GetString(value[..mark]);
        var digits = number.TrimStart('+', '-');
        if (digits.Length is 0 or > MaxDigits || number.Length - digits.Length > 1 || digits.AsSpan().ContainsAnyExceptInRange('0', '9'))
            return false;
        seconds = long.Parse(number, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var by = _time.GetUtcNow().AddSeconds(seconds);
        deliver = Encoding.ASCII.GetString(value[(mark + 1)..]).ToUpperInvariant() switch
        {
            "N" => new(by, DeliverByMode.Notify, DeliverByTrace.Off),
            "NT" => new(by, DeliverByMode.Notify, DeliverByTrace.On),
            "R" => new(by, DeliverByMode.Return, DeliverByTrace.Off),
            "RT" => new(by, DeliverByMode.Return, DeliverByTrace.On),
            _ => null,
        };
        return deliver is not null;
    }

    // The first of a list; options to come stand behind it. Nothing readable is no minimum (RFC 2852 §2).
    private static long MinimumOf(string announced)
    {
        var comma = announced.IndexOf(',', StringComparison.Ordinal);
        var first = comma < 0 ? announced : announced[..comma];
        return long.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? seconds : 0;
    }
}
