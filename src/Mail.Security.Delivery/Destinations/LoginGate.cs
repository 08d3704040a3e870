using System.Runtime.CompilerServices;
using Mail.Security.Transports;

namespace Mail.Security.Delivery;

/// <summary>Keeps messages that wait from repeating a login that failed: one try in a pause that grows.</summary>
/// <remarks>
/// It remembers in memory, by the login itself: one that is configured anew, perhaps with the right password, is tried at once.
/// </remarks>
internal sealed class LoginGate(TimeSpan pause, TimeProvider time)
{
    private const int MostDoublings = 4;

    private readonly Lock _gate = new();
    private readonly ConditionalWeakTable<SmtpClientAuthentication, Account> _accounts = [];

    /// <summary>Asks for a try.</summary>
    /// <param name="login">The login.</param>
    /// <returns>How long to wait before asking again; zero for a try now, of whose end <see cref="Ended"/> is told with the round.</returns>
    public (TimeSpan Wait, int Round) Enter(SmtpClientAuthentication login)
    {
        lock (_gate)
        {
            var account = _accounts.GetOrCreateValue(login);
            if (account.Failures == 0)
                return (TimeSpan.Zero, account.Round);
            var wait = PauseOf(account) - time.GetElapsedTime(account.Since);
            if (wait > TimeSpan.Zero)
                return (wait, account.Round);
            account.Since = time.GetTimestamp();        // whoever comes while this try is on waits for the next
            return (TimeSpan.Zero, account.Round);
        }
    }

    /// <summary>Notes how a try ended. Tries that ran at the same time and failed count once.</summary>
    public void Ended(SmtpClientAuthentication login, int round, bool failed)
    {
        lock (_gate)
        {
            var account = _accounts.GetOrCreateValue(login);
            if (!failed)
                (account.Failures, account.Round) = (0, account.Round + (account.Failures == 0 ? 0 : 1));
            else if (round == account.Round)
                (account.Failures, account.Round, account.Since) = (account.Failures + 1, account.Round + 1, time.GetTimestamp());
        }
    }

    private TimeSpan PauseOf(Account account) => pause * (1 << Math.Min(account.Failures - 1, MostDoublings));

    private sealed class Account
    {
        public int Failures { get; set; }

        public int Round { get; set; }

        public long Since { get; set; }
    }
}
