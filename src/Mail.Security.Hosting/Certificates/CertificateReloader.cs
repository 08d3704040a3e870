using System.Security.Cryptography;
using System.Threading.Channels;
using Mail.Security.SmtpServer;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mail.Security.Hosting;

/// <summary>Keeps the certificates of listeners as their files are, while sessions go on: as a hosted service, or by <see cref="Check"/>.</summary>
/// <remarks>
/// <para>The files are read and compared with what was read before, so that it makes no difference whether they are written anew, renamed over, or
/// reached by a link that is switched. What changed is put in force for the next handshake, all of it at once. A certificate that is not whole, does
/// not fit its key, or is out of date is not taken: the one in force stays, the log says why (1832), and the file is looked at again. One that cannot be
/// used may just be half written: it is looked at again a second later, and called wrong when that finds the same, or something else at the fifth look.</para>
/// <para>The log shows the TLSA data of each certificate that comes in force, and warns when its key is not that of before (1833): DANE senders
/// defer until the TLSA records are right. Publish records for a new key before it is used (RFC 7671 §8.1), or renew with the same key.</para>
/// </remarks>
public sealed class CertificateReloader : BackgroundService
{
    // A file that is something else at each look is not being written any more: it is wrong.
    private const int MostDoubts = 5;

    private static readonly TimeSpan SecondLook = TimeSpan.FromSeconds(1);

    private readonly Lock _checking = new();
    private readonly List<Watched> _watched = [];
    private readonly TimeSpan _interval;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Channel<byte> _wishes = Channel.CreateBounded<byte>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Reads every file. A certificate that is out of date is used all the same here, with a warning: there is no other.</summary>
    /// <param name="options">The files; read once, here.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <param name="logger">The log; null for none.</param>
    /// <exception cref="ArgumentException">The options are not usable.</exception>
    /// <exception cref="CryptographicException">A file cannot be used; the message says which and why.</exception>
    public CertificateReloader(CertificateReloadOptions options, TimeProvider? time = null, ILogger<CertificateReloader>? logger = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Problems().FirstOrDefault() is { } problem)
            throw new ArgumentException(problem, nameof(options));
        (_time, _logger, _interval) = (time ?? TimeProvider.System, logger is null ? NullLogger.Instance : new IsolatedLogger(logger), options.Interval);
        foreach (var file in options.Files)
            _watched.Add(First(file));
        Tls = new(Set());
    }

    /// <summary>The certificates in force, for <see cref="SmtpServerOptions.Tls"/>; <see cref="SmtpServerTls.WithRequirement"/> makes others that change with them.</summary>
    public SmtpServerTls Tls { get; }

    /// <summary>Asks for a look at the files soon, as SIGHUP does; the hosted service takes it up.</summary>
    public void Request() => _wishes.Writer.TryWrite(0);

    /// <summary>Looks at the files now and puts in force what changed. A file that cannot be used is called wrong when a second call finds the same.</summary>
    /// <remarks>Whatever befalls the look at one file, the others are looked at, and what was read is put in force now or by the next call.</remarks>
    /// <returns>How many certificates are new.</returns>
    public int Check()
    {
        lock (_checking)
        {
            foreach (var watched in _watched)
                LookSafely(watched);
            var changed = _watched.Zip(Tls.Certificates.All).Count(static pair => !ReferenceEquals(pair.First.Certificate, pair.Second));
            if (changed > 0)
                Tls.Replace(Set());
            return changed;
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                var asked = await WaitAsync(stoppingToken).ConfigureAwait(false);
                var changed = CheckSafely();
                if (asked == Occasion.Request)
                    HostingLog.CertificatesLookedAt(_logger, changed, _watched.Count);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The end of a service is no failure of it.
        }
    }

    // A service that ends ends the host. What is in force works, whatever comes of looking for something newer.
    private int CheckSafely()
    {
        try
        {
            return Check();
        }
        catch (Exception exception)
        {
            HostingLog.CertificateCheckFaulted(_logger, exception);
            return 0;
        }
    }

    private void LookSafely(Watched watched)
    {
        try
        {
            Look(watched);
        }
        catch (Exception exception)
        {
            HostingLog.CertificateCheckFaulted(_logger, exception);
        }
    }

    private TimeSpan UntilNextLook()
    {
        lock (_checking)
            return _watched.Exists(static watched => watched.IsInDoubt) ? SecondLook : _interval;
    }

    private async Task<Occasion> WaitAsync(CancellationToken cancellationToken)
    {
        using var interval = new CancellationTokenSource(UntilNextLook(), _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(interval.Token, cancellationToken);
        try
        {
            await _wishes.Reader.ReadAsync(either.Token).ConfigureAwait(false);
            return Occasion.Request;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Occasion.Interval;
        }
    }

    private Watched First(CertificateFile file)
    {
        var text = CertificateText.Read(file);
        var reading = text.Parse(_time.GetUtcNow());
        var certificate = reading switch
        {
            CertificateReading.Usable usable => usable.Certificate,
            CertificateReading.OutOfDate old => old.Certificate,
            CertificateReading.Unusable unusable => throw new CryptographicException($"{file.CertificatePath}: {unusable.Detail}"),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        if (reading is CertificateReading.OutOfDate outOfDate)
            HostingLog.CertificateUsedAnyway(_logger, file.CertificatePath, outOfDate.Fault, outOfDate.Detail);
        LogInForce(file, certificate);
        return new(file, certificate, text.Fingerprint);
    }

    private void Look(Watched watched)
    {
        var text = CertificateText.Read(watched.File);
        if (text.Fingerprint == watched.Fingerprint)
        {
            watched.IsRight();      // what was wrong with it is over
            return;
        }
        switch (text.Parse(_time.GetUtcNow()))
        {
            case CertificateReading.Usable usable:
                Take(watched, usable.Certificate, text.Fingerprint);
                break;
            case CertificateReading.OutOfDate old:
                Keep(watched, old.Fault, old.Detail);
                break;
            case CertificateReading.Unusable unusable:
                Doubt(watched, unusable.Fault, unusable.Detail);
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private void Take(Watched watched, SmtpServerCertificate certificate, string fingerprint)
    {
        var before = watched.Certificate;
        (watched.Certificate, watched.Fingerprint) = (certificate, fingerprint);
        watched.IsRight();
        LogInForce(watched.File, certificate);
        var (former, now) = (TlsaText.OfKey(before), TlsaText.OfKey(certificate));
        if (former != now)
            HostingLog.KeyChanged(_logger, watched.File.CertificatePath, former, TlsaText.ToPublish(certificate));
    }

    // Whoever writes a file is not seen at it: what is wrong at the first look is given the time to become right.
    private void Doubt(Watched watched, CertificateFault fault, string detail)
    {
        if (watched.Doubted == (fault, detail) || ++watched.Doubts >= MostDoubts)
        {
            Keep(watched, fault, detail);
            return;
        }
        watched.Doubted = (fault, detail);
        HostingLog.CertificateInDoubt(_logger, watched.File.CertificatePath, fault, SecondLook);
    }

    // Said once for each thing that is wrong, not at every look.
    private void Keep(Watched watched, CertificateFault fault, string detail)
    {
        if (watched.Said != (fault, detail))
            HostingLog.CertificateNotTaken(_logger, watched.File.CertificatePath, fault, detail, watched.Certificate.Certificate.NotAfter);
        watched.Doubted = watched.Said = (fault, detail);
        watched.Doubts = 0;
    }

    private void LogInForce(CertificateFile file, SmtpServerCertificate certificate) => HostingLog.CertificateInForce(
        _logger, certificate.Certificate.Subject, file.CertificatePath, certificate.Certificate.NotAfter, TlsaText.Names(certificate), TlsaText.Of(certificate));

    private SmtpServerCertificates Set() => new(_watched[0].Certificate, _watched.Skip(1).Select(static watched => watched.Certificate));

    private enum Occasion : byte
    {
        Interval,
        Request,
    }

    private sealed class Watched(CertificateFile file, SmtpServerCertificate certificate, string fingerprint)
    {
        public CertificateFile File { get; } = file;

        public SmtpServerCertificate Certificate { get; set; } = certificate;

        public string Fingerprint { get; set; } = fingerprint;

        /// <summary>What kept the file from being used at the last look.</summary>
        public (CertificateFault Fault, string Detail)? Doubted { get; set; }

        /// <summary>What was said to be wrong with it.</summary>
        public (CertificateFault Fault, string Detail)? Said { get; set; }

        /// <summary>How many looks in a row each found another fault.</summary>
        public int Doubts { get; set; }

        public bool IsInDoubt => Doubted is not null && Doubted != Said;

        public void IsRight() => (Doubted, Said, Doubts) = (null, null, 0);
    }
}
