using System.Diagnostics;
using System.Globalization;
using DaneCheck.Arguments;
using Mail.Security.Delivery;
using Mail.Security.Dnssec;

namespace DaneCheck.Checking;

/// <summary>Finds the submission servers to check: the one that is given, or those that SRV records name.</summary>
internal sealed class SubmissionSearch(CheckArguments arguments, IDnssecResolver resolver)
{
    private const int ImplicitPort = 465;
    private const int StartTlsPort = 587;
    private const int MostOctets = 253;

    // RFC 8314 §5.1: TLS from the start is the better one, and has a name of its own.
    private static readonly (string Labels, SubmissionTls Tls)[] Services = [("_submissions._tcp", SubmissionTls.Implicit), ("_submission._tcp", SubmissionTls.StartTls)];

    private readonly List<SubmissionServer> _servers = [];
    private readonly List<string> _sentences = [];
    private CheckVerdict _verdict;

    /// <summary>Finds them.</summary>
    /// <returns>The servers, what is to be said besides, and what it is worth: more than verified where a service could not be asked for, or there is none.</returns>
    public async Task<(IReadOnlyList<SubmissionServer> Servers, string Sentence, CheckVerdict Verdict)> RunAsync(CancellationToken cancellationToken)
    {
        if (arguments.Port is not null)
            return ([Given()], "", CheckVerdict.Verified);
        foreach (var (labels, tls) in Services)
        {
            // A name too long for the labels of the service has no such records.
            if ((arguments.Tls is null || arguments.Tls == tls) && arguments.Name.Ascii.Length + labels.Length < MostOctets)
                Take(labels, tls, await resolver.GetSrvAsync(arguments.Name.Prepend(labels), cancellationToken));
        }
        if (_servers.Count == 0 && _sentences.Count == 0)
        {
            var only = Given();
            return ([only], string.Create(CultureInfo.InvariantCulture, $"no SRV records name a submission server: {only.Host} itself is looked at, at port {only.Port}"), CheckVerdict.Verified);
        }
        return (_servers, string.Join("; ", _sentences), _verdict);
    }

    private SubmissionServer Given()
    {
        var tls = arguments.Tls ?? (arguments.Port == ImplicitPort ? SubmissionTls.Implicit : SubmissionTls.StartTls);
        return new(arguments.Name, arguments.Name, arguments.Port ?? (tls == SubmissionTls.Implicit ? ImplicitPort : StartTlsPort), tls, SubmissionOrigin.Given, 0);
    }

    private void Take(string labels, SubmissionTls tls, DnsAnswer<SrvRecord> answer)
    {
        switch (answer)
        {
            case DnsAnswer<SrvRecord>.Found { Records: [{ IsUnavailable: true }] }:
                Say($"the domain says that it has no {labels}", CheckVerdict.Verified);
                break;
            case DnsAnswer<SrvRecord>.Found found:
                var origin = found.Security == DnsSecurity.Secure ? SubmissionOrigin.SecureService : SubmissionOrigin.InsecureService;
                _servers.AddRange(found.Records.Select(record => new SubmissionServer(arguments.Name, record.Target, record.Port, tls, origin, record.Priority)));
                break;
            case DnsAnswer<SrvRecord>.Absent:
                break;
            case DnsAnswer<SrvRecord>.Failed failed:
                // RFC 7673 §3.1: nothing of the service is connected to.
                Say($"the SRV records at {labels} cannot be told, and nothing that they may name is connected to: {failed.Detail}", failed.Reason == DnsFailure.Bogus ? CheckVerdict.Failed : CheckVerdict.Unknown);
                break;
            default:
                throw new UnreachableException();
        }
    }

    private void Say(string sentence, CheckVerdict verdict)
    {
        _sentences.Add(sentence);
        _verdict = verdict > _verdict ? verdict : _verdict;
    }
}
