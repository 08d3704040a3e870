using Mail.Security.Dnssec;

namespace Mail.Security.SenderAuthentication;

/// <summary>Asks for one evaluation, counts, and notes how secure the answers are.</summary>
internal sealed class SpfLookups(SpfOptions options)
{
    private const int MaxTerms = 10;        // RFC 7208 §4.6.4

    private int _terms;
    private int _voids;
    private DnsSecurity? _security;
    private bool _isDecided;

    public int Terms => Math.Min(_terms, MaxTerms);

    public DnsSecurity Security => _security ?? DnsSecurity.Indeterminate;

    /// <summary>The result stands: what is asked from now on is for its explanation, and says nothing of how secure it is.</summary>
    public void Decide() => _isDecided = true;

    /// <summary>Begins a term that asks the DNS; a result ends the evaluation.</summary>
    public SpfResult? Begin(string term) =>
        ++_terms > MaxTerms ? new SpfResult.PermError(SpfFault.LookupLimit, $"'{term}' would be the eleventh term that asks the DNS") : null;

    /// <summary>The records, none for what does not exist; or the result that ends the evaluation.</summary>
    public async ValueTask<(IReadOnlyList<T> Records, SpfResult? End)> AskAsync<T>(LookupWeight weight, ValueTask<DnsAnswer<T>> asked)
    {
        switch (await asked.ConfigureAwait(false))
        {
            case DnsAnswer<T>.Found found:
                Note(found.Security);
                return (found.Records, null);
            case DnsAnswer<T>.Absent absent:
                Note(absent.Security);
                return weight == LookupWeight.Term && ++_voids > options.MaxVoidLookups
                    ? ([], new SpfResult.PermError(SpfFault.VoidLookupLimit, $"more than {options.MaxVoidLookups} terms ask for what does not exist, the last one for {absent.CanonicalName}"))
                    : ([], null);
            case DnsAnswer<T>.Failed failed:
                Note(DnsSecurity.Indeterminate);
                return ([], new SpfResult.TempError($"{failed.Reason}: {failed.Detail}"));
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private void Note(DnsSecurity security)
    {
        if (!_isDecided)
            _security = _security is { } least && least < security ? least : security;
    }
}

/// <summary>Whether a lookup that finds nothing counts (RFC 7208 §4.6.4).</summary>
internal enum LookupWeight : byte
{
    /// <summary>It is the lookup of a term: it does.</summary>
    Term = 0,

    /// <summary>It is the first lookup of all, for an explanation, or for one of the hosts that a term leads to.</summary>
    Free,
}
