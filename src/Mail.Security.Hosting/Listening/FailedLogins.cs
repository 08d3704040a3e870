using System.Buffers.Binary;
using System.Net;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Mail.Security.SmtpServer;

namespace Mail.Security.Hosting;

/// <summary>Counts the failed logins of all sessions of a listener, by client and by network, within a time that slides. Safe for use by several threads.</summary>
/// <remarks>
/// <para>Steps of logins under way count as failed until they are over, so that many at once do not get past a limit. One that succeeds takes nothing off: who has
/// one account could go on trying others. Loopback is never counted.</para>
/// <para>One name adds no more than a tenth of the limit to its client and network: a device behind NAT that goes on with a password that was changed shuts out nobody
/// but itself. What it may fail itself is the client's limit too; then its name is not looked up for this client any more.</para>
/// </remarks>
internal sealed class FailedLogins
{
    private readonly Lock _lock = new();
    private readonly AddressPrefixes _prefixes;
    private readonly Tally _clients;
    private readonly Tally _networks;
    private readonly FadingCounts<(IPAddress Client, UInt128 Name)> _names;
    private readonly int _mostOfName;
    private readonly int _shareOfName;

    public FailedLogins(SmtpListenerOptions options, TimeProvider time)
    {
        var network = options.EffectiveMaxFailedLoginsPerNetwork;
        _prefixes = new(options);
        _mostOfName = options.MaxFailedLoginsPerAddress;
        _shareOfName = Math.Max(1, (_mostOfName > 0 ? _mostOfName : network) / 10);
        _names = new(options.FailedLoginWindow, time);
        _clients = new(_mostOfName, new(options.FailedLoginWindow, time));
        _networks = new(network, new(options.FailedLoginWindow, time));
    }

    /// <summary>How many counts are kept.</summary>
    public int Counts
    {
        get
        {
            lock (_lock)
                return _clients.Size + _networks.Size + _names.Keys;
        }
    }

    private bool IsUnlimited => _clients.IsUnlimited && _networks.IsUnlimited;

    /// <summary>Whether a client may try; when admitted, <see cref="End"/> says what came of it.</summary>
    public LoginVerdict Begin(IPAddress? address)
    {
        if (IsExempt(address))
            return LoginVerdict.Admitted;
        var (client, network) = (_prefixes.Client(address), _prefixes.Network(address));
        lock (_lock)
        {
            if (_clients.IsFull(client))
                return LoginVerdict.TooManyFromAddress;
            if (_networks.IsFull(network))
                return LoginVerdict.TooManyFromNetwork;
            _clients.Begin(client);
            _networks.Begin(network);
            return LoginVerdict.Admitted;
        }
    }

    /// <summary>Whether a client may try a name.</summary>
    public LoginVerdict Judge(IPAddress? address, string userName)
    {
        if (IsExempt(address) || _mostOfName == 0)
            return LoginVerdict.Admitted;
        var key = Key(address, userName);
        lock (_lock)
            return _names.Of(key) >= _mostOfName ? LoginVerdict.TooManyUnderName : LoginVerdict.Admitted;
    }

    public void End(IPAddress? address, SmtpLoginOutcome outcome, string? userName)
    {
        if (IsExempt(address))
            return;
        var (client, network) = (_prefixes.Client(address), _prefixes.Network(address));
        lock (_lock)
        {
            _clients.End(client);
            _networks.End(network);
            if (outcome == SmtpLoginOutcome.Failed)
                Add(address, userName);
        }
    }

    /// <summary>Counts a failed login that is not under way.</summary>
    public void Add(IPAddress? address, string? userName)
    {
        if (IsExempt(address) || IsUnlimited)
            return;
        lock (_lock)
        {
            if (userName is not null && !CountsForOthers(Key(address, userName)))
                return;
            _clients.Add(_prefixes.Client(address));
            _networks.Add(_prefixes.Network(address));
        }
    }

    private static bool IsExempt(IPAddress? address) => address is not null && IPAddress.IsLoopback(address);

    // A name whose count is shared with others is no excuse.
    private bool CountsForOthers((IPAddress Client, UInt128 Name) key)
    {
        var counts = !_names.HasRoom(key) || _names.Of(key) < _shareOfName;
        _names.Add(key);
        return counts;
    }

    // Of fixed length, whatever the client sends; and nobody finds two names with one hash.
    private (IPAddress Client, UInt128 Name) Key(IPAddress? address, string userName)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(MemoryMarshal.AsBytes(userName.AsSpan()), hash);
        return (_prefixes.Client(address), BinaryPrimitives.ReadUInt128LittleEndian(hash));
    }

    /// <summary>Those of one kind of address; a limit of 0 is none.</summary>
    private sealed class Tally(int max, FadingCounts<IPAddress> failed)
    {
        private readonly Dictionary<IPAddress, int> _underWay = [];

        public int Size => failed.Keys + _underWay.Count;

        public bool IsUnlimited => max == 0;

        public bool IsFull(IPAddress address) => max > 0 && failed.Of(address) + _underWay.GetValueOrDefault(address) >= max;

        public void Begin(IPAddress address)
        {
            if (max > 0)
                _underWay[address] = _underWay.GetValueOrDefault(address) + 1;
        }

        public void End(IPAddress address)
        {
            if (max > 0 && --_underWay[address] == 0)
                _underWay.Remove(address);
        }

        public void Add(IPAddress address)
        {
            if (max > 0)
                failed.Add(address);
        }
    }
}
