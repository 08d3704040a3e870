using Mail.Security.Delivery;
using Mail.Security.SenderAuthentication;

namespace Mail.Security.Hosting;

/// <summary>What one check found. A closed set of cases.</summary>
public abstract record DnsCheckFinding
{
    private protected DnsCheckFinding()
    {
    }

    /// <summary>What it came to.</summary>
    public abstract DnsCheckVerdict Verdict { get; }

    /// <summary>The address that was looked at; null where a check is about a domain or a transport.</summary>
    public virtual SendingAddress? Sender => null;

    /// <summary>The name that was looked at; a domain, a host or a transport.</summary>
    public abstract string Subject { get; }

    /// <summary>What was checked, in one word: SPF, PTR, EHLO, MX or address.</summary>
    public abstract string Check { get; }

    /// <summary>What was found, as one sentence without its full stop.</summary>
    public abstract string Sentence { get; }

    /// <summary>Whether a sender domain lets an address use its name.</summary>
    /// <param name="From">The address.</param>
    /// <param name="Domain">The domain.</param>
    /// <param name="Result">What its SPF record says.</param>
    public sealed record Spf(SendingAddress From, DomainName Domain, SpfResult Result) : DnsCheckFinding
    {
        /// <inheritdoc/>
        public override DnsCheckVerdict Verdict => Result switch
        {
            SpfResult.Pass => DnsCheckVerdict.Ok,
            SpfResult.None or SpfResult.Neutral => DnsCheckVerdict.Warning,
            SpfResult.TempError => DnsCheckVerdict.Unknown,
            _ => DnsCheckVerdict.Failed,
        };

        /// <inheritdoc/>
        public override SendingAddress Sender => From;

        /// <inheritdoc/>
        public override string Subject => Domain.Ascii;

        /// <inheritdoc/>
        public override string Check => "SPF";

        /// <inheritdoc/>
        public override string Sentence => Result switch
        {
            SpfResult.Pass(var match) => $"pass by {match}",
            SpfResult.Fail(var match, _) => $"fail by {match}: let the record name {From.Address}",
            SpfResult.SoftFail(var match) => $"softfail by {match}: let the record name {From.Address}",
            SpfResult.Neutral(var match) => $"neutral{(match is null ? ", nothing in the record matches" : $" by {match}")}: let the record name {From.Address}",
            SpfResult.None(var detail) => $"none: {detail}",
            SpfResult.TempError(var detail) => $"no answer: {detail}",
            SpfResult.PermError(var reason, var detail) => $"the record cannot be evaluated ({reason}): {detail}",
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    /// <summary>Whether an address has a name that leads back to it, and whether it is the one said in EHLO.</summary>
    /// <param name="From">The address.</param>
    /// <param name="Result">What the reverse tree says.</param>
    public sealed record Reverse(SendingAddress From, ReverseNameResult Result) : DnsCheckFinding
    {
        /// <inheritdoc/>
        public override DnsCheckVerdict Verdict => Result switch
        {
            ReverseNameResult.Pass(var names) => names.Contains(From.HelloName) ? DnsCheckVerdict.Ok : DnsCheckVerdict.Warning,
            ReverseNameResult.TempError => DnsCheckVerdict.Unknown,
            _ => DnsCheckVerdict.Failed,
        };

        /// <inheritdoc/>
        public override SendingAddress Sender => From;

        /// <inheritdoc/>
        public override string Subject => From.HelloName.Ascii;

        /// <inheritdoc/>
        public override string Check => "PTR";

        /// <inheritdoc/>
        public override string Sentence => Result switch
        {
            ReverseNameResult.Pass(var names) when names.Contains(From.HelloName) => "the name leads to the address and back",
            ReverseNameResult.Pass(var names) => $"the address is {string.Join(", ", names.Take(3))}, and EHLO says {From.HelloName}",
            ReverseNameResult.Fail(var names) => $"the address is called {string.Join(", ", names.Take(3))}, which does not lead back to it",
            ReverseNameResult.TempError(var detail) => $"no answer: {detail}",
            _ => "the address has no name",
        };
    }

    /// <summary>Whether the name said in EHLO leads to the address.</summary>
    /// <param name="From">The address.</param>
    /// <param name="Verdict">What it came to.</param>
    /// <param name="Sentence">What was found.</param>
    public sealed record Hello(SendingAddress From, DnsCheckVerdict Verdict, string Sentence) : DnsCheckFinding
    {
        /// <inheritdoc/>
        public override DnsCheckVerdict Verdict { get; } = Verdict;

        /// <inheritdoc/>
        public override string Sentence { get; } = Sentence;

        /// <inheritdoc/>
        public override SendingAddress Sender => From;

        /// <inheritdoc/>
        public override string Subject => From.HelloName.Ascii;

        /// <inheritdoc/>
        public override string Check => "EHLO";
    }

    /// <summary>Whether a sender domain takes mail: answers and notices go there, and receivers look.</summary>
    /// <param name="Domain">The domain.</param>
    /// <param name="Verdict">What it came to.</param>
    /// <param name="Sentence">What was found.</param>
    public sealed record Exchangers(DomainName Domain, DnsCheckVerdict Verdict, string Sentence) : DnsCheckFinding
    {
        /// <inheritdoc/>
        public override DnsCheckVerdict Verdict { get; } = Verdict;

        /// <inheritdoc/>
        public override string Sentence { get; } = Sentence;

        /// <inheritdoc/>
        public override string Subject => Domain.Ascii;

        /// <inheritdoc/>
        public override string Check => "MX";
    }

    /// <summary>A transport of which it is not known from where it sends.</summary>
    /// <param name="Transport">The transport.</param>
    public sealed record NoAddress(TransportName Transport) : DnsCheckFinding
    {
        /// <inheritdoc/>
        public override DnsCheckVerdict Verdict => DnsCheckVerdict.Warning;

        /// <inheritdoc/>
        public override string Subject => $"transport {Transport}";

        /// <inheritdoc/>
        public override string Check => "address";

        /// <inheritdoc/>
        public override string Sentence => "the addresses other hosts see are not known, so nothing of them is checked: name them in the configuration";
    }
}
