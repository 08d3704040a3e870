using System.Text;
using Mail.Security.Smtp;

namespace Mail.Security.SmtpServer.Tests.Samples;

/// <summary>The private extension that the README shows: "MAIL FROM:&lt;ann@a.example&gt; X-COST-CENTRE=4711", under TLS only.</summary>
public sealed class XCostCentreExtension(Action<string> charge) : SmtpExtension
{
    public override string Keyword => "X-COST-CENTRE";

    // Announced inside TLS only.
    public override string? GetEhloLine(SmtpChannel channel) => channel.Security == ChannelSecurity.Clear ? null : Keyword;

    public override SmtpParameterHandling OnMailParameter(SmtpChannel channel, SmtpParameter parameter, SmtpEnvelopeBuilder envelope, out SmtpRefusal refusal)
    {
        refusal = default;
        if (!parameter.Is("X-COST-CENTRE"u8))
            return SmtpParameterHandling.NotMine;
        if (channel.Security == ChannelSecurity.Clear)
            refusal = new SmtpRefusal(530, new EnhancedStatus(5, 7, 0), "Must issue a STARTTLS command first");
        else if (parameter.Value.Length is 0 or > 8 || parameter.Value.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
            refusal = new SmtpRefusal(501, new EnhancedStatus(5, 5, 4), "Syntax: X-COST-CENTRE=number");
        if (refusal.Code != 0)
            return SmtpParameterHandling.Refused;
        charge(Encoding.ASCII.GetString(parameter.Value));
        return SmtpParameterHandling.Accepted;
    }

    // The other end: a client that sends it where it is announced.
    public override SmtpClientGate PrepareMail(SmtpChannel channel, EhloCapabilities peer, SmtpEnvelope envelope, SmtpParameterList mailParameters)
    {
        if (peer.Has(Keyword))
            mailParameters.Add(Keyword, "4711");
        return SmtpClientGate.Proceed.Instance;
    }
}
