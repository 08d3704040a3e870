using System.Globalization;

namespace Mail.Security.Smtp;

/// <summary>MT-PRIORITY, both ends: the parameter of MAIL goes into <see cref="SmtpEnvelope.RequestedPriority"/>, and from there to the next server (RFC 6710).</summary>
/// <remarks>
/// The server must not follow a positive priority that comes from a client it does not trust (RFC 6710 §4.1): the handler sets
/// <see cref="SmtpEnvelopeBuilder.RequestedPriority"/> to what it grants, or refuses MAIL. What a queue then does with it is its own affair; offer
/// this only when it does something.
/// </remarks>
public sealed class PriorityExtension : SmtpExtension
{
    // RFC 6710 §4.1
    private static readonly SmtpRefusal Syntax = new(501, new EnhancedStatus(5, 5, 2), "MT-PRIORITY must be a number from -9 to 9");

    private readonly string _line;

    /// <summary>Makes the extension.</summary>
    /// <param name="profile">The name of the Priority Assignment Policy to announce, or null to disclose none: 1 to 20 letters, digits, "-", "_" and "." (RFC 6710 §7).</param>
    /// <exception cref="ArgumentException">The profile is no such name.</exception>
    public PriorityExtension(string? profile = null)
    {
        if (profile is not null && (profile.Length is 0 or > 20 || !profile.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.')))
            throw new ArgumentException("Not the name of a policy.", nameof(profile));
        _line = profile is null ? Keyword : $"{Keyword} {profile}";
    }

    /// <inheritdoc/>
    public override string Keyword => "MT-PRIORITY";

    /// <inheritdoc/>
    public override string GetEhloLine(SmtpChannel channel) => _line;

    /// <inheritdoc/>
    public override SmtpParameterHandling OnMailParameter(SmtpChannel channel, SmtpParameter parameter, SmtpEnvelopeBuilder envelope, out SmtpRefusal refusal)
    {
        ArgumentNullException.ThrowIfNull(envelope);
        refusal = default;
        if (!parameter.Is("MT-PRIORITY"u8))
            return SmtpParameterHandling.NotMine;
        envelope.RequestedPriority = Read(parameter.Value);
        if (envelope.RequestedPriority is not null)
            return SmtpParameterHandling.Accepted;
        refusal = Syntax;
        return SmtpParameterHandling.Refused;
    }

    /// <summary>Tells the next server the priority, when it knows of any (RFC 6710 §4.2, §4.3).</summary>
    public override SmtpClientGate PrepareMail(SmtpChannel channel, EhloCapabilities peer, SmtpEnvelope envelope, SmtpParameterList mailParameters)
    {
        ArgumentNullException.ThrowIfNull(peer);
        ArgumentNullException.ThrowIfNull(envelope);
        ArgumentNullException.ThrowIfNull(mailParameters);
        if (envelope.RequestedPriority is { } priority && peer.Has(Keyword))
            mailParameters.Add(Keyword, Math.Clamp(priority, -9, 9).ToString(CultureInfo.InvariantCulture));
        return SmtpClientGate.Proceed.Instance;
    }

    // RFC 6710 §7: one digit, with "-" before all but 0.
    private static int? Read(ReadOnlySpan<byte> value) => value switch
    {
        [>= (byte)'0' and <= (byte)'9' and var digit] => digit - '0',
        [(byte)'-', >= (byte)'1' and <= (byte)'9' and var digit] => '0' - digit,
        _ => null,
    };
}
