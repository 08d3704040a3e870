using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Mail.Security.Dane;
using Mail.Security.SmtpServer;
using Mail.Security.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Mail.Security.Hosting.Tests.Certificates;

public sealed class CertificateReloaderTests : IDisposable
{
    private const int Renewals = 100;

    private readonly string _folder = Directory.CreateTempSubdirectory("mail-security-certificates-").FullName;
    private readonly TestCertificateAuthority _root = TestCertificateAuthority.CreateRoot();
    private readonly TestCertificateAuthority _authority;
    private readonly X509Certificate2 _first;
    private readonly X509Certificate2 _second;
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private readonly LineLogger<CertificateReloader> _log = new();
    private TimeSpan _interval = TimeSpan.FromMinutes(1);

    public CertificateReloaderTests()
    {
        _authority = _root.CreateIntermediate();
        _first = _authority.Issue("mx.example.org");
        _second = _authority.Issue("mx.example.org", "mail.example.org");
    }

    private string Chain => Path.Combine(_folder, "fullchain.pem");

    private string Key => Path.Combine(_folder, "key.pem");

    [Fact]
    public void Check_RenamedOver_PutsTheRenewedInForceAndSaysWhatToPublish()
    {
        Write(_first);
        using var reloader = Reloader();
        var shared = reloader.Tls.WithRequirement(TlsRequirement.Required);
        Assert.Equal(0, reloader.Check());
        var former = TlsaRecordMaker.FromCertificate(_first).ToString();
        var issuer = TlsaRecordMaker.FromCertificate(_authority.Certificate, Dnssec.TlsaUsage.DaneTa).ToString();
        Assert.Contains($"TLSA data: {former}, {issuer}", Assert.Single(_log.Of(1831)), StringComparison.Ordinal);

        WriteOver(_second);

        Assert.Equal(1, reloader.Check());
        Assert.Equal(_second.Thumbprint, Served(reloader));
        Assert.Equal(_second.Thumbprint, shared.Certificates.Default.Certificate.Thumbprint);
        var renewed = TlsaRecordMaker.FromCertificate(_second).ToString();
        var warning = Assert.Single(_log.Of(1833));
        Assert.Contains($"\"{former}\" match no more", warning, StringComparison.Ordinal);
        Assert.Contains($"_25._tcp.mx.example.org. IN TLSA {renewed}; _25._tcp.mail.example.org. IN TLSA {renewed}", warning, StringComparison.Ordinal);
        Assert.Equal(0, reloader.Check());
    }

    [Fact]
    public void Check_RenewedWithTheSameKey_WarnsOfNothing()
    {
        Write(_first);
        using var reloader = Reloader();
        using var key = _first.GetECDsaPrivateKey()!;
        var request = new CertificateRequest(_first.SubjectName, key, HashAlgorithmName.SHA256);
        using var renewed = request.CreateSelfSigned(_time.GetUtcNow().AddDays(-1), _time.GetUtcNow().AddDays(90));

        File.WriteAllText(Chain, renewed.ToPem());

        Assert.Equal(1, reloader.Check());
        Assert.Equal(renewed.Thumbprint, Served(reloader));
        Assert.Empty(_log.Of(1833));
    }

    [Fact]
    public void Check_ManyRenewals_LeaveNoFileOpenAndLetGoOfFormerOnes()
    {
        Write(_first);
        using var reloader = Reloader();
        var former = new List<WeakReference>();
        for (var round = 0; round < Renewals; round++)
        {
            former.Add(new WeakReference(reloader.Tls.Certificates));
            Write(round % 2 == 0 ? _second : _first);
            Assert.Equal(1, reloader.Check());
        }

        if (OperatingSystem.IsLinux())
            Assert.DoesNotContain(Directory.EnumerateFiles("/proc/self/fd").Select(Target), target => target.StartsWith(_folder, StringComparison.Ordinal));
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.InRange(former.Count(set => set.IsAlive), 0, 2);

        static string Target(string descriptor)
        {
            try
            {
                return File.ResolveLinkTarget(descriptor, returnFinalTarget: false)?.FullName ?? "";
            }
            catch (IOException)     // closed meanwhile, by a test beside this one
            {
                return "";
            }
        }
    }

    [Fact]
    public void Check_LinkSwitched_FollowsIt()
    {
        var (one, two, link) = (Path.Combine(_folder, "1"), Path.Combine(_folder, "2"), Path.Combine(_folder, "..data"));
        foreach (var (folder, certificate) in ((string, X509Certificate2)[])[(one, _first), (two, _second)])
        {
            Directory.CreateDirectory(folder);
            File.WriteAllText(Path.Combine(folder, "fullchain.pem"), certificate.ToPem(_authority.Chain));
            File.WriteAllText(Path.Combine(folder, "key.pem"), certificate.ToPrivateKeyPem());
        }
        Directory.CreateSymbolicLink(link, one);
        File.CreateSymbolicLink(Chain, Path.Combine("..data", "fullchain.pem"));
        File.CreateSymbolicLink(Key, Path.Combine("..data", "key.pem"));
        using var reloader = Reloader();
        Assert.Equal(_first.Thumbprint, Served(reloader));

        var next = Path.Combine(_folder, "..next");
        Directory.CreateSymbolicLink(next, two);
        File.Delete(link);
        Directory.Move(next, link);

        Assert.Equal(1, reloader.Check());
        Assert.Equal(_second.Thumbprint, Served(reloader));
    }

    public static TheoryData<string, CertificateFault> Broken => new()
    {
        { "half", CertificateFault.Incomplete },
        { "half-chain", CertificateFault.Incomplete },
        { "half-key", CertificateFault.Incomplete },
        { "garbage", CertificateFault.NoCertificate },
        { "empty", CertificateFault.NoCertificate },
        { "only-certificate", CertificateFault.KeyMismatch },
        { "only-key", CertificateFault.KeyMismatch },
        { "no-key", CertificateFault.NoKey },
        { "encrypted-key", CertificateFault.NoKey },
        { "gone", CertificateFault.Unreadable },
        { "folder", CertificateFault.Unreadable },
        { "expired", CertificateFault.Expired },
        { "not-yet", CertificateFault.NotYetValid },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public void Check_NotUsable_KeepsTheFormerSaysSoOnceAndTakesItWhenMended(string how, CertificateFault fault)
    {
        Write(_first);
        using var reloader = Reloader();
        Break(how);

        Assert.Equal(0, reloader.Check());
        Assert.Equal(0, reloader.Check());

        Assert.Equal(_first.Thumbprint, Served(reloader));
        Assert.Contains($"not taken ({fault})", Assert.Single(_log.Of(1832)), StringComparison.Ordinal);
        if (Directory.Exists(Chain))
            Directory.Delete(Chain);
        Write(_second);
        Assert.Equal(1, reloader.Check());
        Assert.Equal(_second.Thumbprint, Served(reloader));
    }

    // The renewal is caught in the middle, and whole a second later: nothing is wrong, and nobody waits for the next interval.
    [Theory]
    [InlineData("half")]
    [InlineData("half-chain")]
    [InlineData("half-key")]
    [InlineData("empty")]
    [InlineData("only-certificate")]
    [InlineData("no-key")]
    [InlineData("gone")]
    public async Task Service_FileReadWhileItIsWritten_IsLookedAtAgainASecondLater(string how)
    {
        Write(_first);
        _interval = TimeSpan.FromDays(1);
        using var reloader = Reloader();
        await reloader.StartAsync(TestContext.Current.CancellationToken);
        Break(how);
        reloader.Request();
        await UntilAsync(() => _log.Of(1834).Count == 1);
        Assert.Single(_log.Of(1837));

        Write(_second);
        await UntilAsync(() =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(10));
            return Served(reloader) == _second.Thumbprint;
        });

        Assert.InRange(_time.GetUtcNow() - _time.Start, TimeSpan.FromSeconds(1), TimeSpan.FromHours(23));
        Assert.Empty(_log.Of(1832));
        Assert.Single(_log.Of(1837));
        await reloader.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public void Check_AlwaysAnotherFault_IsDoubtedAnewAndSaidWhenItStays()
    {
        Write(_first);
        using var reloader = Reloader();
        foreach (var how in (string[])["half", "empty", "garbage"])
        {
            Break(how);
            Assert.Equal(0, reloader.Check());
        }
        Assert.Equal(3, _log.Of(1837).Count);
        Assert.Empty(_log.Of(1832));

        reloader.Check();
        reloader.Check();

        Assert.Equal(3, _log.Of(1837).Count);
        Assert.Single(_log.Of(1832));
    }

    [Fact]
    public void Check_AnotherFaultAtEachLook_IsSaidAtTheFifth()
    {
        Write(_first);
        using var reloader = Reloader();
        foreach (var how in (string[])["half", "empty", "garbage", "gone"])
        {
            Break(how);
            reloader.Check();
        }
        Assert.Empty(_log.Of(1832));

        Break("half");
        reloader.Check();

        Assert.Contains("not taken (Incomplete)", Assert.Single(_log.Of(1832)), StringComparison.Ordinal);
        Assert.Equal(4, _log.Of(1837).Count);
    }

    [Fact]
    public async Task Service_LogThatThrows_TakesTheRenewedAndGoesOn()
    {
        Write(_first);
        var options = new CertificateReloadOptions { Interval = _interval };
        options.Files.Add(new(Chain, Key));
        using var reloader = new CertificateReloader(options, _time, new BrokenLogger<CertificateReloader>());
        await reloader.StartAsync(TestContext.Current.CancellationToken);
        foreach (var certificate in (X509Certificate2[])[_second, _first])
        {
            WriteOver(certificate);
            reloader.Request();
            await UntilAsync(() => Served(reloader) == certificate.Thumbprint);
        }

        Assert.False(reloader.ExecuteTask!.IsCompleted);
        await reloader.StopAsync(TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Check_ExceptionAtOneFile_TakesTheOtherAndThatOneNextTime(int failing)
    {
        using var other = _authority.Issue("other.example.net");
        using var next = _authority.Issue("other.example.net");
        var otherFile = Path.Combine(_folder, "other.pem");
        Write(_first);
        File.WriteAllText(otherFile, other.ToPem(_authority.Chain) + other.ToPrivateKeyPem());
        var time = new FailingTime(_time.GetUtcNow());
        var options = new CertificateReloadOptions();
        options.Files.Add(new(Chain, Key));
        options.Files.Add(new(otherFile));
        using var reloader = new CertificateReloader(options, time, _log);
        WriteOver(_second);
        File.WriteAllText(otherFile, next.ToPem(_authority.Chain) + next.ToPrivateKeyPem());

        time.FailAt(failing);

        Assert.Equal(1, reloader.Check());
        Assert.Single(_log.Of(1836));
        Assert.Equal(failing == 1 ? _first.Thumbprint : _second.Thumbprint, Served(reloader));
        Assert.Equal(1, reloader.Check());
        Assert.Equal(_second.Thumbprint, Served(reloader));
        Assert.Equal(next.Thumbprint, reloader.Tls.Certificates.Choose("other.example.net").Certificate.Thumbprint);
    }

    [Fact]
    public void Check_NotYetValid_IsTakenWhenItsTimeComes()
    {
        Write(_first);
        using var reloader = Reloader();
        using var later = _authority.Issue(new TestCertificateSpec { DnsNames = ["mx.example.org"], NotBefore = _time.GetUtcNow().AddHours(1) });
        Write(later);
        Assert.Equal(0, reloader.Check());

        _time.Advance(TimeSpan.FromHours(2));

        Assert.Equal(1, reloader.Check());
        Assert.Equal(later.Thumbprint, Served(reloader));
    }

    [Fact]
    public void Check_OneOfSeveralBroken_OthersAreRenewedAndUnchangedOnesStayTheSame()
    {
        using var other = _authority.Issue("other.example.net");
        using var third = _authority.Issue("third.example.com");
        var (otherFile, thirdFile) = (Path.Combine(_folder, "other.pem"), Path.Combine(_folder, "third.pem"));
        Write(_first);
        File.WriteAllText(otherFile, other.ToPem(_authority.Chain) + other.ToPrivateKeyPem());
        File.WriteAllText(thirdFile, third.ToPem() + third.ToPrivateKeyPem());
        using var reloader = Reloader(new(otherFile), new(thirdFile));
        var before = reloader.Tls.Certificates;

        WriteOver(_second);
        File.WriteAllText(otherFile, "nothing");

        Assert.Equal(1, reloader.Check());
        var after = reloader.Tls.Certificates;
        Assert.Equal(_second.Thumbprint, after.Choose("mx.example.org").Certificate.Thumbprint);
        Assert.Same(before.Choose("other.example.net"), after.Choose("other.example.net"));
        Assert.Same(before.Choose("third.example.com"), after.Choose("third.example.com"));
    }

    [Theory]
    [InlineData("gone")]
    [InlineData("only-key")]
    [InlineData("half")]
    public void Construct_NotUsable_SaysWhichFileAndWhy(string how)
    {
        Write(_first);
        Break(how);

        var fault = Assert.Throws<CryptographicException>(() => Reloader());

        Assert.StartsWith(Chain + ": ", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Construct_Expired_IsUsedWithAWarning()
    {
        Write(_first);
        Break("expired");
        using var reloader = Reloader();

        Assert.Contains("(Expired)", Assert.Single(_log.Of(1835)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Service_IntervalAndRequest_LookAtTheFiles()
    {
        Write(_first);
        using var reloader = Reloader();
        await reloader.StartAsync(TestContext.Current.CancellationToken);
        WriteOver(_second);
        // An interval now and then, for the service may be slow: the certificates must not expire meanwhile.
        var looks = 0;
        await UntilAsync(() =>
        {
            if (looks++ % 50 == 0)
                _time.Advance(TimeSpan.FromMinutes(1));
            return Served(reloader) == _second.Thumbprint;
        });
        Assert.Empty(_log.Of(1834));

        WriteOver(_first);
        reloader.Request();
        await UntilAsync(() => _log.Of(1834).Count == 1);
        Assert.Equal(_first.Thumbprint, Served(reloader));
        await reloader.StopAsync(TestContext.Current.CancellationToken);
    }

    public void Dispose()
    {
        foreach (var one in (IDisposable[])[_first, _second, _authority, _root])
            one.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static async Task UntilAsync(Func<bool> reached)
    {
        for (var begin = Stopwatch.GetTimestamp(); !reached(); await Task.Delay(1, TestContext.Current.CancellationToken))
            Assert.True(Stopwatch.GetElapsedTime(begin) < TimeSpan.FromMinutes(1), "nothing came of it");
    }

    private static string Served(CertificateReloader reloader) => reloader.Tls.Certificates.Default.Certificate.Thumbprint;

    private CertificateReloader Reloader(params CertificateFile[] more)
    {
        var options = new CertificateReloadOptions { Interval = _interval };
        foreach (var file in (CertificateFile[])[new(Chain, Key), .. more])
            options.Files.Add(file);
        return new(options, _time, _log);
    }

    private void Write(X509Certificate2 certificate)
    {
        File.WriteAllText(Chain, certificate.ToPem(_authority.Chain));
        File.WriteAllText(Key, certificate.ToPrivateKeyPem());
    }

    private void WriteOver(X509Certificate2 certificate)
    {
        foreach (var (path, text) in ((string, string)[])[(Chain, certificate.ToPem(_authority.Chain)), (Key, certificate.ToPrivateKeyPem())])
        {
            File.WriteAllText(path + ".new", text);
            File.Move(path + ".new", path, overwrite: true);
        }
    }

    private void Break(string how)
    {
        var text = _second.ToPem(_authority.Chain);
        var key = _second.ToPrivateKeyPem();
        switch (how)
        {
            case "half": File.WriteAllText(Chain, text[..300]); break;
            case "half-chain": File.WriteAllText(Chain, text[..^200]); break;
            case "half-key": Write(_second); File.WriteAllText(Key, key[..60]); break;
            case "garbage": File.WriteAllText(Chain, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"); break;
            case "empty": File.WriteAllText(Chain, ""); break;
            case "only-certificate": File.WriteAllText(Chain, text); break;
            case "only-key": File.WriteAllText(Key, key); break;
            case "no-key": File.WriteAllText(Key, "nothing\n"); break;
            case "encrypted-key": File.WriteAllText(Key, Encrypted()); break;
            case "gone": File.Delete(Chain); break;
            case "folder": File.Delete(Chain); Directory.CreateDirectory(Chain); break;
            default: WriteDated(how == "expired" ? -30 : 10); break;
        }
    }

    private string Encrypted()
    {
        using var key = _second.GetECDsaPrivateKey()!;
        return key.ExportEncryptedPkcs8PrivateKeyPem("secret", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000));
    }

    /// <summary>A clock that fails once: at the look that asks it for the time so many looks from now.</summary>
    private sealed class FailingTime(DateTimeOffset now) : TimeProvider
    {
        private int _left;

        public void FailAt(int look) => _left = look;

        public override DateTimeOffset GetUtcNow() => _left > 0 && --_left == 0 ? throw new InvalidOperationException("The clock is broken.") : now;
    }

    private void WriteDated(int days)
    {
        using var certificate = _authority.Issue(new TestCertificateSpec { DnsNames = ["mx.example.org"], NotBefore = _time.GetUtcNow().AddDays(days), NotAfter = _time.GetUtcNow().AddDays(days + 20) });
        Write(certificate);
    }
}
