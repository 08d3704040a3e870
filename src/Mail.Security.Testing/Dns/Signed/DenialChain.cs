using System.Security.Cryptography;

namespace Mail.Security.Testing;

/// <summary>The NSEC or NSEC3 records of a zone (RFC 4034 §4, RFC 5155 §7.1).</summary>
internal sealed class DenialChain
{
    private const string Alphabet = "0123456789abcdefghijklmnopqrstuv";      // RFC 4648 §7
    private readonly ZoneView _view;
    private readonly SignedZoneOptions _options;
    private readonly ZoneName[] _plain = [];
    private readonly (byte[] Hash, ZoneName Name)[] _hashed = [];

    public DenialChain(ZoneView view)
    {
        (_view, _options) = (view, view.Zone.Options);
        if (IsPlain)
        {
            _plain = [.. view.Owners.Order()];
            return;
        }
        // RFC 5155 §7.1: with opt-out no record for a delegation without DS, nor for what exists for its sake only.
        var owners = view.Owners.Where(owner => _options.Denial != SignedZoneDenial.Nsec3OptOut || !view.IsInsecureDelegation(owner)).ToList();
        var names = owners.SelectMany(owner => Enumerable.Range(view.Zone.Apex.Labels, owner.Labels - view.Zone.Apex.Labels + 1).Select(owner.Ancestor)).Distinct();
        _hashed = [.. names.Select(name => (Hash(name), name)).OrderBy(static pair => Convert.ToHexString(pair.Item1), StringComparer.Ordinal)];
    }

    private bool IsPlain => _options.Denial == SignedZoneDenial.Nsec;

    public static byte[] Parameters(SignedZoneOptions options, bool optOut) =>
        [1, (byte)(optOut ? 1 : 0), (byte)(options.Iterations >> 8), (byte)options.Iterations, (byte)options.Salt.Length, .. options.Salt.Span];

    /// <summary>That a name has nothing of a type; it exists, or a delegation hides it.</summary>
    public IEnumerable<(ZoneName Owner, byte[] Data)> NoData(ZoneName name)
    {
        if (IsPlain)
            return [Plain(name)];
        return At(name) is { } own ? [own] : Enclosed(name);
    }

    /// <summary>That a name does not exist, nor a wildcard for it.</summary>
    public IEnumerable<(ZoneName Owner, byte[] Data)> NoName(ZoneName name)
    {
        var wildcard = _view.Encloser(name).Prepend("*");
        return IsPlain ? [Plain(name), Plain(wildcard)] : [.. Enclosed(name), Over(wildcard)];
    }

    /// <summary>That a wildcard answers for a name, and has nothing of a type.</summary>
    public IEnumerable<(ZoneName Owner, byte[] Data)> WildcardNoData(ZoneName name)
    {
        var wildcard = _view.Encloser(name).Prepend("*");
        return IsPlain ? [Plain(wildcard), Plain(name)] : [.. Enclosed(name), .. NoData(wildcard)];
    }

    /// <summary>That no closer name than the wildcard could answer.</summary>
    public IEnumerable<(ZoneName Owner, byte[] Data)> NoCloser(ZoneName name) =>
        IsPlain ? [Plain(name)] : [Over(name.Ancestor(_view.Encloser(name).Labels + 1))];

    // RFC 5155 §7.2.1: the nearest name with a record, and the gap over the one below it.
    private IEnumerable<(ZoneName Owner, byte[] Data)> Enclosed(ZoneName name)
    {
        var below = name;
        for (var at = name.Parent; ; (below, at) = (at, at.Parent))
        {
            if (At(at) is { } own)
                return [own, Over(below)];
        }
    }

    private (ZoneName Owner, byte[] Data) Plain(ZoneName name)
    {
        var at = Math.Max(0, Array.FindLastIndex(_plain, owner => owner.CompareTo(name) <= 0));
        var next = _plain[(at + 1) % _plain.Length];
        return (_plain[at], [.. next.Wire, .. TypeWindows.Of([.. _view.TypesOf(_plain[at]), DnsRecordType.Rrsig, DnsRecordType.Nsec])]);
    }

    private (ZoneName Owner, byte[] Data)? At(ZoneName name)
    {
        var at = Array.FindIndex(_hashed, pair => pair.Name.Equals(name));
        return at < 0 ? null : Hashed(at);
    }

    private (ZoneName Owner, byte[] Data) Over(ZoneName name)
    {
        var hash = Hash(name);
        var at = Array.FindLastIndex(_hashed, pair => pair.Hash.AsSpan().SequenceCompareTo(hash) < 0);
        return Hashed(at < 0 ? _hashed.Length - 1 : at);
    }

    private (ZoneName Owner, byte[] Data) Hashed(int at)
    {
        var (hash, name) = _hashed[at];
        var types = _view.TypesOf(name).ToList();
        if (types.Exists(type => type != DnsRecordType.Ns || !_view.IsDelegation(name)))
            types.Add(DnsRecordType.Rrsig);
        var next = _hashed[(at + 1) % _hashed.Length].Hash;
        return (_view.Zone.Apex.Prepend(Base32(hash)), [.. Parameters(_options, _options.Denial == SignedZoneDenial.Nsec3OptOut), (byte)next.Length, .. next, .. TypeWindows.Of(types)]);
    }

    // RFC 5155 §5.
    private byte[] Hash(ZoneName name)
    {
#pragma warning disable CA5350 // The only algorithm there is (RFC 5155 §11).
        var hash = SHA1.HashData([.. name.Wire, .. _options.Salt.Span]);
        for (var i = 0; i < _options.Iterations; i++)
            hash = SHA1.HashData([.. hash, .. _options.Salt.Span]);
#pragma warning restore CA5350
        return hash;
    }

    private static string Base32(byte[] hash)
    {
        var text = new char[hash.Length * 8 / 5];
        for (var i = 0; i < text.Length; i++)
        {
            var bit = i * 5;
            var word = hash[bit / 8] << 8 | (bit / 8 + 1 < hash.Length ? hash[bit / 8 + 1] : 0);
            text[i] = Alphabet[word >> (11 - bit % 8) & 31];
        }
        return new(text);
    }
}
