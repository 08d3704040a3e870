using System.Buffers;
using System.Diagnostics.Metrics;
using FsCheck.Xunit;
using Mail.Security.Smtp;
using Mail.Security.SmtpServer;
using Microsoft.Extensions.Time.Testing;

namespace Mail.Security.Hosting.Tests.Intake;

public sealed class MailDataBudgetTests
{
    private const long Mebibyte = 1 << 20;
    private readonly RecordingStore _store = new();
    private readonly LineLogger<MailIntake> _log = new();
    private readonly SmtpSessionInfo _session = new(null, null);
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0, null, MailDataVerdict.Fits)]
    [InlineData(0, 1048576L, MailDataVerdict.Fits)]
    [InlineData(0, 1048577L, MailDataVerdict.Full)]
    [InlineData(786431, null, MailDataVerdict.Fits)]
    [InlineData(786431, 262145L, MailDataVerdict.Fits)]
    [InlineData(786431, 262146L, MailDataVerdict.Full)]
    [InlineData(786432, null, MailDataVerdict.Full)]        // three quarters
    [InlineData(786432, 1L, MailDataVerdict.Full)]
    public void Judge_HeldAndDeclared_LeavesTheLastQuarterToWhatIsUnderWay(long held, long? size, MailDataVerdict verdict)
    {
        var budget = new MailDataBudget(Mebibyte);
        Assert.Equal(MailDataVerdict.Fits, budget.Take(held));

        Assert.Equal(verdict, budget.Judge(size));
    }

    [Property]
    public bool Take_AnySequence_NeverHoldsMoreThanTheBudgetAndGivesAllBack(int[] sizes)
    {
        var budget = new MailDataBudget(Mebibyte);
        var taken = new List<long>();
        foreach (var size in sizes.Select(size => Math.Abs((long)size) % (Mebibyte / 2)))
        {
            if (budget.Take(size) == MailDataVerdict.Fits)
                taken.Add(size);
            if (budget.Held > Mebibyte || budget.Held != taken.Sum())
                return false;
        }
        taken.ForEach(budget.Release);
        return budget.Held == 0;
    }

    [Fact]
    public async Task Message_WithNothingLeftOfTheBudget_IsHeardToItsEndAndAnswered452()
    {
        var intake = Intake();
        await using var sink = await SinkAsync(intake);
        intake.MailData!.Take(Mebibyte - 1000);

        foreach (var _ in Enumerable.Range(0, 3))
            await sink.WriteAsync(new ReadOnlySequence<byte>(new byte[600]), Token);

        var refused = Assert.IsType<SmtpSubmissionResult.Refused>(await sink.CompleteAsync(Token));
        Assert.Equal((452, new EnhancedStatus(4, 3, 1)), (refused.Refusal.Code, refused.Refusal.Status));
        Assert.Equal(Mebibyte - 1000, intake.MailData.Held);        // its first block is let go with it
        Assert.Single(_log.Of(1830));
        Assert.Empty(_store.Added);
    }

    [Fact]
    public async Task Message_OverOrBrokenOff_GivesItsRoomBack()
    {
        var intake = Intake();
        foreach (var complete in (bool[])[true, false])
        {
            await using (var sink = await SinkAsync(intake))
            {
                await sink.WriteAsync(new ReadOnlySequence<byte>("Subject: x\r\n\r\nbody\r\n"u8.ToArray()), Token);
                Assert.Equal(20, intake.MailData!.Held);
                if (complete)
                    Assert.IsType<SmtpSubmissionResult.Accepted>(await sink.CompleteAsync(Token));
            }
            Assert.Equal(0, intake.MailData.Held);
        }
    }

    [Fact]
    public async Task Mail_WithoutRoom_Is452AndOneLineAMinute()
    {
        var time = new FakeTimeProvider();
        var intake = Intake(time);
        intake.MailData!.Take(Mebibyte);
        for (var count = 0; count < 10; count++)
            Assert.Equal(452, (await intake.OnMailAsync(_session, new SmtpEnvelopeBuilder(), Token))!.Value.Code);
        Assert.Single(_log.Of(1830));

        time.Advance(LogWindow.Length);
        await intake.OnMailAsync(_session, new SmtpEnvelopeBuilder(), Token);

        Assert.EndsWith("; 9 more since the last such line", _log.Of(1830)[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Meter_WhileAMessageArrives_ShowsWhatIsHeld()
    {
        using var meter = new OneMeter();
        var seen = new List<string>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (ReferenceEquals(instrument.Meter, meter.Meter))
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => seen.Add($"{instrument.Name} {value} {instrument.Unit}"));
        using var metrics = new MailIntakeMetrics(meter);
        var intake = Intake(metrics: metrics);
        listener.Start();
        await using (var sink = await SinkAsync(intake))
        {
            await sink.WriteAsync(new ReadOnlySequence<byte>("Subject: x\r\n\r\nbody\r\n"u8.ToArray()), Token);
            listener.RecordObservableInstruments();
        }
        listener.RecordObservableInstruments();

        Assert.Equal("Mail.Security.Hosting", meter.Meter!.Name);
        Assert.Equal(["mail.intake.held 20 By", "mail.intake.held 0 By"], seen);
    }

    [Fact]
    public void Meter_OfSeveralIntakes_ShowsOneSumUntilItIsDisposed()
    {
        using var meter = new OneMeter();
        var seen = new List<long>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (ReferenceEquals(instrument.Meter, meter.Meter))
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => seen.Add(value));
        using (var metrics = new MailIntakeMetrics(meter))
        {
            foreach (var held in (long[])[3, 4])
                Intake(metrics: metrics).MailData!.Take(held);
            listener.Start();
            listener.RecordObservableInstruments();
        }
        listener.RecordObservableInstruments();

        Assert.Equal([7], seen);
    }

    private MailIntake Intake(TimeProvider? time = null, MailIntakeMetrics? metrics = null) =>
        new(_store, new MailIntakeOptions { HostName = DomainName.Parse("relay.example.org"), MaxHeldBytes = Mebibyte }, time, _log, metrics: metrics);

    private async Task<MessageSink> SinkAsync(MailIntake intake)
    {
        var envelope = new SmtpEnvelope { ReversePath = MailPath.Parse("a@example.net"), Recipients = [new SmtpRecipient(MailPath.Parse("b@example.com"))] };
        return Assert.IsType<DataDecision.Receive>(await intake.OnDataAsync(_session, envelope, Token)).Sink;
    }

    private sealed class OneMeter : IMeterFactory
    {
        public Meter? Meter { get; private set; }

        public Meter Create(MeterOptions options) => Meter = new(options);

        public void Dispose() => Meter?.Dispose();
    }
}
