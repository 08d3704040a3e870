using System.Net;
using Mail.Security.SmtpServer;

namespace Mail.Security.Hosting;

/// <summary>Counts the failed logins of all sessions of a listener, by client and by network, within a time that slides. Safe for use by several threads.</summary>
/// <remarks>
/// Logins under way count as failed until they are over, so that many at once do not get past a limit. One that succeeds takes nothing off: who has
/// one account could go on trying others. Loopback is never counted.
/// </remarks>
internal sealed class FailedLogins
{
    private readonly Lock _lock = new();
    private readonly AddressPrefixes _prefixes;
    private readonly Tally _clients;
    private readonly Tally _networks;

    public FailedLogins(SmtpListenerOptions options, TimeProvider time)
    {
        _prefixes = new(options);
        _clients = new(options.MaxFailedLoginsPerAddress, new(options.FailedLoginWindow, time));
        _networks = new(options.EffectiveMaxFailedLoginsPerNetwork, new(options.FailedLoginWindow, time));
    }

    /// <summary>How many counts are kept.</summary>
    public int Counts
    {
        get
        {
            lock (_lock)
                return _clients.Size + _networks.Size;
        }
    }

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

    public void End(IPAddress? address, SmtpLoginOutcome outcome)
    {
        if (IsExempt(address))
            return;
        var (client, network) = (_prefixes.Client(address), _prefixes.Network(address));
        lock (_lock)
        {
            _clients.End(client, outcome);
            _networks.End(network, outcome);
        }
    }

    private static bool IsExempt(IPAddress? address) => address is not null && IPAddress.IsLoopback(address);

    /// <summary>Those of one kind of address; a limit of 0 is none.</summary>
    private sealed class Tally(int max, FadingCounts failed)
    {
        private readonly Dictionary<IPAddress, int> _underWay = [];

        public int Size => failed.Addresses + _underWay.Count;

        public bool IsFull(IPAddress address) => max > 0 && failed.Of(address) + _underWay.GetValueOrDefault(address) >= max;

        public void Begin(IPAddress address)
        {
            if (max > 0)
                _underWay[address] = _underWay.GetValueOrDefault(address) + 1;
        }

        public void End(IPAddress address, SmtpLoginOutcome outcome)
        {
            if (max == 0)
                return;
            if (--_underWay[address] == 0)
                _underWay.Remove(address);
            if (outcome == SmtpLoginOutcome.Failed)
                failed.Add(address);
        }
    }
}
