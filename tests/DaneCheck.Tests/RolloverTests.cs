using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Mail.Security.Dane;
using Mail.Security.Dnssec;

namespace DaneCheck.Tests;

/// <summary>Are the records ready for the next key, and do all of them match the one in use (RFC 7671 §8)?</summary>
[Trait("rfc", "7671#8.1")]
public sealed class RolloverTests : IAsyncDisposable
{
    private readonly CheckWorld _world = new();
    private readonly X509Certificate2 _next;
    private readonly KeyFolder _files = new();

    public RolloverTests() => _next = _world.Authority.Issue(CheckWorld.Host);

    [Theory]
    [InlineData("certificate.pem")]
    [InlineData("public.pem")]
    public async Task Next_RecordOfItIsPublished_IsReady(string form)
    {
        _world.Publish().Publish(of: _next);

        var (code, report) = await _world.CheckJsonAsync("--next", _files.Write(form, _next));

        Assert.Equal(0, code);
        var next = Next(report);
        Assert.Equal(("Verified", 0), (next.GetProperty("verdict").GetString(), next.GetProperty("publish").GetArrayLength()));
    }

    [Theory]
    [InlineData("certificate.pem")]
    [InlineData("pkcs8.pem")]
    public async Task Next_NotPublished_PrintsTheRecordToPublish(string form)
    {
        _world.Publish();
        var file = _files.Write(form, _next);

        var (code, report) = await _world.CheckJsonAsync("--next", file);
        var (_, output, _) = await _world.CheckAsync("--next", file);

        Assert.Equal((1, "Verified"), (code, report.GetProperty("hosts")[0].GetProperty("addresses")[0].GetProperty("verdict").GetString()));
        var line = $"{_world.TlsaName}. IN TLSA {TlsaRecordMaker.FromCertificate(_next)}";
        Assert.Equal(line, Next(report).GetProperty("publish")[0].GetString());
        Assert.Contains("next key  NOT READY  ", output, StringComparison.Ordinal);
        Assert.Matches(@"(?m)^mx\.example\.com +next key +NOT READY +- +\S+ \(.*\) is not to be put in place yet \(3 1 1: no record matches\): publish ", output);
        Assert.Contains(line, output, StringComparison.Ordinal);
    }

    /// <summary>A form that only the key in use has is one that some clients will look at alone.</summary>
    [Fact]
    public async Task Next_OneFormIsMissing_IsNotReady()
    {
        _world.Publish().Publish(of: _next).Dns.AddTlsa(_world.TlsaName, TlsaRecordMaker.FromCertificate(_world.Certificate, matching: TlsaMatching.Sha512).ToString());

        var (code, report) = await _world.CheckJsonAsync("--next", _files.Write("public.der", _next));

        Assert.Equal(1, code);
        Assert.Equal($"{_world.TlsaName}. IN TLSA {TlsaRecordMaker.FromCertificate(_next, matching: TlsaMatching.Sha512)}", Assert.Single(Next(report).GetProperty("publish").EnumerateArray()).GetString());
    }

    [Theory]
    [InlineData("certificate.pem", 0)]
    [InlineData("public.pem", 1)]       // whether an issuer of these records will sign for it a key cannot tell
    public async Task Next_RecordOfTheIssuer_ACertificateIsNeededToTell(string form, int exitCode)
    {
        _world.Publish(TlsaUsage.DaneTa, _world.Authority.Certificate);
        var file = _files.Write(form, _next, _world.Authority.Certificate);

        var (code, report) = await _world.CheckJsonAsync("--next", file);

        Assert.Equal(exitCode, code);
        Assert.Equal(exitCode == 1, Next(report).GetProperty("sentence").GetString()!.Contains("only its certificate tells", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Next_NoRecordsAtAll_SaysSo()
    {
        var (code, report) = await _world.CheckJsonAsync("--next", _files.Write("public.pem", _next));

        Assert.Equal((3, "Unprotected"), (code, Next(report).GetProperty("verdict").GetString()));
    }

    [Fact]
    [Trait("rfc", "7671#8")]
    public async Task Check_FormWithoutARecordForTheKeyInUse_IsRemarked()
    {
        _world.Publish().Dns.AddTlsa(_world.TlsaName, TlsaRecordMaker.FromCertificate(_next, selector: TlsaSelector.Certificate).ToString());

        var (code, report) = await _world.CheckJsonAsync();
        var (_, output, _) = await _world.CheckAsync();

        Assert.Equal(0, code);
        Assert.Equal("3 0 1", Assert.Single(report.GetProperty("hosts")[0].GetProperty("addresses")[0].GetProperty("uncovered").EnumerateArray()).GetString());
        Assert.Contains("no 3 0 1 record matches", output, StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        _next.Dispose();
        _files.Dispose();
        await _world.DisposeAsync();
    }

    private static JsonElement Next(JsonElement report) => Assert.Single(report.GetProperty("hosts")[0].GetProperty("nextKeys").EnumerateArray());
}
