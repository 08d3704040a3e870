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

    // How long others wait for the first login of all; most take less than a second.
    private static readonly TimeSpan FirstTry = TimeSpan.FromSeconds(5);

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
            if (account.Failures == 0 && account.IsProven)
                return (TimeSpan.Zero, account.Round);
            if (account.Failures == 0)
            {
                // Nobody knows whether the password is right: one finds out, and the others wait for that.
                var left = Shorter(FirstTry, pause) - time.GetElapsedTime(account.Since);
                if (account.IsTried && left > TimeSpan.Zero)
                    return (left, account.Round);
                (account.IsTried, account.Since) = (true, time.GetTimestamp());
                return (TimeSpan.Zero, account.Round);
            }
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
            (account.IsTried, account.IsProven) = (false, !failed || (account.IsProven && round != account.Round));
            if (!failed)
                (account.Failures, account.Round) = (0, account.Round + (account.Failures == 0 ? 0 : 1));
            else if (round == account.Round)
                (account.Failures, account.Round, account.Since) = (account.Failures + 1, account.Round + 1, time.GetTimestamp());
        }
    }

    /// <summary>Notes that whoever entered has gone, with an end of the login or without one.</summary>
    public void Left(SmtpClientAuthentication login)
    {
        lock (_gate)
            _accounts.GetOrCreateValue(login).IsTried = false;
    }

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private TimeSpan PauseOf(Account account) => pause * (1 << Math.Min(account.Failures - 1, MostDoublings));

    private sealed class Account
    {
        public int Failures { get; set; }

        public int Round { get; set; }

        /// <summary>It has succeeded, and has not failed since.</summary>
        public bool IsProven { get; set; }

        /// <summary>The first of all is on.</summary>
        public bool IsTried { get; set; }

        public long Since { get; set; }
    }
}
