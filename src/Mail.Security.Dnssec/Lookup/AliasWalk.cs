using System.Diagnostics;
using System.Globalization;

namespace Mail.Security.Dnssec;

/// <summary>One lookup: a question, and further ones where aliases lead out of an answer. Security and time join by the least.</summary>
internal sealed class AliasWalk<T>(QuestionDesk desk, Question question, RecordShape<T> shape, DnssecResolverOptions options, TimeProvider time)
{
    private readonly long _start = time.GetTimestamp();
    private readonly List<AliasHop> _aliases = [];
    private readonly List<DnssecLink> _chain = [];
    private ExtendedDnsError? _note;
    private DnsSecurity _security = DnsSecurity.Secure;
    private TimeSpan _ttl = TimeSpan.MaxValue;

    public async ValueTask<DnsAnswer<T>> RunAsync(CancellationToken cancellationToken)
    {
        for (var name = question.Name; ;)
        {
            var left = options.LookupTimeout - time.GetElapsedTime(_start);
            if (left <= TimeSpan.Zero)
                return TooLong();
            Stage<T> stage;
            try
            {
                stage = await desk.AskAsync(name, shape, left, cancellationToken).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                return TooLong();
            }
            var kept = Remaining(stage);
            if (stage is Stage<T>.End { Answer: var answer })
                return Join(answer, kept);
            var onward = (Stage<T>.Onward)stage;
            (_security, _ttl, _note) = (Min(_security, onward.Judged.Security), Min(_ttl, kept), _note ?? onward.Judged.Note);
            AddToChain(onward.Judged.Chain);
            if (Follow(onward.Aliases) is { } failed)
                return failed;
            name = onward.Next;
        }
    }

    private DnsAnswer<T> Join(DnsAnswer<T> answer, TimeSpan kept)
    {
        var ttl = Min(_ttl, kept);
        switch (answer)
        {
            case DnsAnswer<T>.Failed failed:
                return _aliases.Count == 0 ? failed : failed with { Chain = Joined(failed), Detail = $"{question} by way of {_aliases[^1].Target}: {failed.Detail}" };
            case DnsAnswer<T>.Found found when _aliases.Count == 0:
                return found with { Ttl = ttl };
            case DnsAnswer<T>.Found found:
                return Follow(found.Aliases) ?? found with { Ttl = ttl, Security = Min(_security, found.Security), Aliases = _aliases.AsReadOnly(), Chain = Joined(found), Note = _note ?? found.Note };
            case DnsAnswer<T>.Absent absent when _aliases.Count == 0:
                return absent with { Ttl = ttl };
            case DnsAnswer<T>.Absent absent:
                return Follow(absent.Aliases) ?? absent with { Ttl = ttl, Security = Min(_security, absent.Security), Aliases = _aliases.AsReadOnly(), Chain = Joined(absent), Note = _note ?? absent.Note };
            default:
                throw new UnreachableException();
        }
    }

    private List<DnssecLink> Joined(DnsAnswer<T> last)
    {
        AddToChain(last.Chain);
        return _chain;
    }

    private void AddToChain(IEnumerable<DnssecLink> links)
    {
        foreach (var link in links)
        {
            if (!_chain.Contains(link))
                _chain.Add(link);
        }
    }

    // Each answer was checked alone; loops and length over several are seen here.
    private DnsAnswer<T>? Follow(IReadOnlyList<AliasHop> aliases)
    {
        foreach (var alias in aliases)
        {
            _aliases.Add(alias);
            if (alias.Target == question.Name || _aliases.Any(hop => hop.Owner == alias.Target))
                return new DnsAnswer<T>.Failed(DnsFailure.AliasLoop, null, $"{question}: the aliases lead back to {alias.Target}");
            if (_aliases.Count > options.MaxAliases)
                return new DnsAnswer<T>.Failed(DnsFailure.AliasLimit, null, string.Create(CultureInfo.InvariantCulture, $"{question}: more than {options.MaxAliases} aliases"));
        }
        return null;
    }

    private TimeSpan Remaining(Stage stage)
    {
        var left = stage.Keep - time.GetElapsedTime(stage.ReadAt);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private DnsAnswer<T>.Failed TooLong() =>
        new(DnsFailure.Timeout, null, string.Create(CultureInfo.InvariantCulture, $"{question}: no answer within {options.LookupTimeout.TotalSeconds:0.###} s"));

    private static DnsSecurity Min(DnsSecurity left, DnsSecurity right) => left < right ? left : right;

    private static TimeSpan Min(TimeSpan left, TimeSpan right) => left < right ? left : right;
}
