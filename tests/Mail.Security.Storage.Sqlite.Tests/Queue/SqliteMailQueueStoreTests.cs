using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Mail.Security.Delivery;
using Mail.Security.Queue;
using Mail.Security.Smtp;
using Mail.Security.Transports;

namespace Mail.Security.Storage.Sqlite.Tests;

/// <summary>Every clause of the contract of a queue store.</summary>
public sealed class SqliteMailQueueStoreTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AddAsync_Message_EverythingIsGivenBackWithTheLease()
    {
        await using var bench = new StoreBench();
        var message = new NewQueueMessage
        {
            Received = new DateTimeOffset(2026, 3, 1, 10, 0, 0, 123, TimeSpan.FromHours(2)),
            Content = new BytesContent("Subject: x\r\n\r\nbody\r\n"u8.ToArray()),
            EnvelopeId = "id 1",
            Account = "ann@sender.example",
            Transport = TransportName.Parse("relay"),
            Envelope = new SmtpEnvelope
            {
                ReversePath = MailPath.Parse("\"a b\"@sender.example"), TlsDemand = TlsDemand.RequireTls, Body = BodyType.EightBitMime, SmtpUtf8 = true, Size = 77,
                Return = DsnReturn.Full, EnvelopeId = "id 1", RequestedPriority = -4, DeliverBy = new DeliverBy(StoreBench.Start.AddHours(3), DeliverByMode.Return, DeliverByTrace.On),
                Recipients =
                [
                    new SmtpRecipient(MailPath.Parse("用户@bücher.example")) { Notify = DsnNotify.Success | DsnNotify.Delay, OriginalRecipient = new OriginalRecipient("utf-8", "用户@bücher.example") },
                    new SmtpRecipient(MailPath.Parse("\"x@y\"@bücher.example")) { Notify = DsnNotify.Never },
                    new SmtpRecipient(MailPath.Parse("z@bücher.example")),
                ],
            },
        };
        var id = StoreBench.Stored(await bench.Store.AddAsync(message, Token));
        await bench.RestartAsync();

        var lease = Assert.Single(await bench.AcquireAsync(StoreBench.Start.AddDays(1)));
        Assert.Equal((id, "xn--bcher-kva.example", 1, "id 1", DelayNotice.NotSent), (lease.MessageId, lease.Domain.ToString(), lease.Attempt, lease.EnvelopeId, lease.DelayNotice));
        Assert.Equal(("ann@sender.example", "relay"), (lease.Account, lease.Transport.Value));
        var entry = Assert.Single(await bench.ListAsync());
        Assert.Equal((lease.Account, lease.Transport), (entry.Account, entry.Transport));
        Assert.Equal((message.Received, StoreBench.Start.AddDays(1).AddMinutes(2)), (lease.Received, lease.Expires));
        Assert.Equal(message.Envelope.Recipients, lease.Envelope.Recipients);
        Assert.Equal(message.Envelope with { Recipients = [] }, lease.Envelope with { Recipients = [] });
        Assert.Equal("Subject: x\r\n\r\nbody\r\n"u8.ToArray(), StoreBench.Read(lease.Content));
    }

    [Fact]
    [Trait("rfc", "5321#6.1")]
    public async Task AddAsync_NullReversePathAndNoOptions_KeptAsTheyAre()
    {
        await using var bench = new StoreBench();
        var message = StoreBench.Message("b@one.example");
        await bench.Store.AddAsync(message with { Envelope = message.Envelope with { ReversePath = MailPath.Null } }, Token);
        var lease = Assert.Single(await bench.AcquireAsync());
        Assert.True(lease.Envelope.ReversePath.IsNull);
        Assert.Equal((null, null), (lease.EnvelopeId, lease.Envelope.Size));
    }

    [Fact]
    public async Task OpenAsync_FileOfTheFirstVersion_MailIsKept()
    {
        await using var bench = new StoreBench();
        await bench.AddAsync("b@one.example");
        await bench.Database.DisposeAsync();
        bench.Execute(
            """
            DROP INDEX destination_turn; ALTER TABLE destination DROP COLUMN priority; CREATE INDEX destination_available ON destination (available, domain);
            ALTER TABLE message DROP COLUMN account; ALTER TABLE message DROP COLUMN transport; DROP TABLE domain_knowledge;
            ALTER TABLE message DROP COLUMN dsn_return; ALTER TABLE message DROP COLUMN deliver_by; ALTER TABLE message DROP COLUMN deliver_by_mode;
            ALTER TABLE message DROP COLUMN deliver_by_trace; ALTER TABLE message DROP COLUMN priority;
            ALTER TABLE recipient DROP COLUMN notify; ALTER TABLE recipient DROP COLUMN original_type; ALTER TABLE recipient DROP COLUMN original_address;
            DROP TABLE trust_anchor_witness; DROP TABLE trust_anchor;
            PRAGMA user_version=1
            """);
        bench.Open();

        var lease = Assert.Single(await bench.AcquireAsync());
        Assert.Equal(("", ""), (lease.Account, lease.Transport.Value));
        Assert.Equal(MessageState.Queued, StoreBench.Stored(await bench.Store.SetTransportAsync(lease.MessageId, TransportName.Direct, Token)));
        Assert.Equal(SqliteSchema.Version, bench.Count("SELECT user_version FROM pragma_user_version"));
    }

    [Fact]
    public async Task PostponeAsync_HeldLease_AttemptIsTakenBack()
    {
        await using var bench = new StoreBench();
        await bench.AddAsync("b@one.example");
        for (var round = 0; round < 2; round++)
        {
            var lease = Assert.Single(await bench.AcquireAsync(StoreBench.Start.AddHours(round)));
            Assert.Equal((1, LeaseState.Held), (lease.Attempt, StoreBench.Stored(await bench.Store.PostponeAsync(lease, StoreBench.Start.AddHours(round + 1), Token))));
            Assert.Equal(LeaseState.Lost, StoreBench.Stored(await bench.Store.PostponeAsync(lease, StoreBench.Start, Token)));
            var entry = Assert.Single(await bench.ListAsync());
            Assert.Equal((0, StoreBench.Start.AddHours(round + 1), null, null), (entry.Attempts, entry.Due, entry.LastAttempt, entry.LeaseOwner));
        }
    }

    [Fact]
    public async Task SetTransportAsync_UnreadableNameInTheDatabase_OnlyThatMessageIsPutOff()
    {
        await using var bench = new StoreBench();
        await bench.AddAsync("b@one.example");
        await bench.AddAsync("b@two.example");
        bench.Execute("UPDATE message SET transport = 'a b' WHERE id = 1");
        Assert.Equal("two.example", Assert.Single(await bench.AcquireAsync()).Domain.ToString());
    }

    [Fact]
    public async Task AddAsync_NoRecipientOrOneWithoutADomain_Throws()
    {
        await using var bench = new StoreBench();
        await Assert.ThrowsAsync<ArgumentException>(async () => await bench.Store.AddAsync(StoreBench.Message(), Token));
        await Assert.ThrowsAsync<ArgumentException>(async () => await bench.Store.AddAsync(StoreBench.Message("b@one.example", "c@[192.0.2.1]"), Token));
        await Assert.ThrowsAsync<ArgumentNullException>(async () => await bench.Store.AddAsync(null!, Token));
    }

    [Fact]
    public async Task AddAsync_AfterTheLastMessageIsGone_IdIsNotGivenAgain()
    {
        await using var bench = new StoreBench();
        var first = await bench.AddAsync("b@one.example");
        var lease = Assert.Single(await bench.AcquireAsync());
        await bench.Store.CompleteAsync(lease, StoreBench.All(lease, RecipientFate.Delivered), null, Token);
        await bench.RestartAsync();
        Assert.True((await bench.AddAsync("b@one.example")).Value > first.Value);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(65_535)]
    [InlineData(65_536)]
    [InlineData(65_537)]
    [InlineData(131_071)]
    [InlineData(131_072)]
    [InlineData(131_073)]
    public async Task AddAsync_ContentAtTheEdgesOfAChunk_ReadBackWhole(int size)
    {
        await using var bench = new StoreBench();
        var content = Enumerable.Range(0, size).Select(i => PacedContent.At(i)).ToArray();
        await bench.Store.AddAsync(StoreBench.Message(content, "b@one.example"), Token);
        var lease = Assert.Single(await bench.AcquireAsync());

        Assert.Equal(size, lease.Content.Length);
        Assert.Equal(content, StoreBench.Read(lease.Content));
        Assert.Equal((size + 65_535) / 65_536, bench.Count("SELECT count(*) FROM content"));
    }

    [Property(MaxTest = 30)]
    public Property AddAsync_AnySizeReadInAnyPieces_ReadBackWhole() => Prop.ForAll(Gen.Choose(0, 300_000).ToArbitrary(), Gen.Choose(1, 200_000).ToArbitrary(), (size, piece) =>
    {
        var bench = new StoreBench();
        try
        {
            bench.Store.AddAsync(StoreBench.Message("b@one.example") with { Content = new PacedContent(size) }).AsTask().GetAwaiter().GetResult();
            var lease = Assert.Single(bench.AcquireAsync().GetAwaiter().GetResult());
            var read = StoreBench.Read(lease.Content, piece);
            Assert.Equal(size, read.Length);
            Assert.True(read.Index().All(octet => octet.Item == PacedContent.At(octet.Index)));
        }
        finally
        {
            bench.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    });

    [Fact]
    public async Task AddAsync_TenMegabytes_WrittenAndReadInPiecesOf64KiB()
    {
        await using var bench = new StoreBench();
        var content = new PacedContent(10 << 20);
        await bench.Store.AddAsync(StoreBench.Message("b@one.example") with { Content = content }, Token);
        Assert.InRange(content.LargestRead, 1, 65_536);

        await using var stream = Assert.Single(await bench.AcquireAsync()).Content.OpenRead();
        var buffer = new byte[1 << 20];
        long at = 0;
        for (int read; (read = await stream.ReadAsync(buffer, Token)) > 0; at += read)
        {
            Assert.InRange(read, 1, 65_536);
            for (var i = 0; i < read; i++)
                if (buffer[i] != PacedContent.At(at + i))
                    Assert.Fail($"octet {at + i} differs");
        }
        Assert.Equal(10 << 20, at);
    }

    [Theory]
    [InlineData(99)]
    [InlineData(101)]
    public async Task AddAsync_ContentUnlikeItsLength_ThrowsAndNothingIsWritten(long declared)
    {
        await using var bench = new StoreBench();
        await Assert.ThrowsAsync<InvalidDataException>(async () =>
            await bench.Store.AddAsync(StoreBench.Message("b@one.example") with { Content = new PacedContent(100) { DeclaredLength = declared } }, Token));
        Assert.Equal(0, bench.Count("SELECT (SELECT count(*) FROM message) + (SELECT count(*) FROM content) + (SELECT count(*) FROM recipient)"));
    }

    [Fact]
    public async Task AddAsync_ContentFailsInTheMiddle_ItsCallerAloneIsTold()
    {
        await using var bench = new StoreBench();
        using var blocker = bench.Connect();
        await bench.Database.OpenAsync(Token);
        StoreBench.Scalar(blocker, "BEGIN IMMEDIATE");
        var good = bench.Store.AddAsync(StoreBench.Message("b@one.example"), Token).AsTask();
        var bad = bench.Store.AddAsync(StoreBench.Message("c@one.example") with { Content = new PacedContent(200_000) { BeforeRead = at => { if (at > 100_000) throw new IOException("gone"); } } }, Token).AsTask();
        var alsoGood = bench.Store.AddAsync(StoreBench.Message("d@one.example"), Token).AsTask();
        StoreBench.Scalar(blocker, "ROLLBACK");

        await Assert.ThrowsAsync<IOException>(() => bad);
        StoreBench.Stored(await good);
        StoreBench.Stored(await alsoGood);
        Assert.Equal(["b@one.example", "d@one.example"], (await bench.ListAsync()).Select(entry => entry.Recipients[0].Recipient.ToString()));
        Assert.Equal(2, bench.Count("SELECT count(*) FROM content"));
    }

    [Fact]
    public async Task AddAsync_RecipientsOfSeveralDomains_OnePieceOfWorkEach()
    {
        await using var bench = new StoreBench();
        await bench.AddAsync("a@one.example", "b@two.example", "c@ONE.example");
        var leases = await bench.AcquireAsync();
        Assert.Equal(
            [("one.example", "a@one.example c@one.example"), ("two.example", "b@two.example")],
            leases.Select(lease => (lease.Domain.ToString(), string.Join(' ', lease.Envelope.Recipients.Select(recipient => recipient.Path)))).Order());
        Assert.Single(leases.Select(lease => lease.MessageId).Distinct());
    }

    [Fact]
    public async Task AcquireAsync_WhatIsDue_LongestDueFirstOneADomainNoMoreThanAsked()
    {
        await using var bench = new StoreBench();
        foreach (var (domain, minutes) in new[] { ("one", 3), ("two", 1), ("one", 0), ("three", 2), ("four", 9) })
            await bench.Store.AddAsync(StoreBench.Message($"b@{domain}.example") with { Received = StoreBench.Start.AddMinutes(minutes) }, Token);
        var now = StoreBench.Start.AddMinutes(5);

        Assert.Equal(["one.example", "two.example"], (await bench.AcquireAsync(now, 2)).Select(lease => lease.Domain.ToString()));
        Assert.Equal(["three.example"], (await bench.AcquireAsync(now, 100, "one.example", "two.example")).Select(lease => lease.Domain.ToString()));
        var last = Assert.Single(await bench.AcquireAsync(now, 100, "two.example"));        // the second message of the first domain
        Assert.Equal(StoreBench.Start.AddMinutes(3), last.Received);
        Assert.Empty(await bench.AcquireAsync(now));
    }

    [Fact]
    [Trait("rfc", "6710#5.1")]
    public async Task AcquireAsync_Priorities_TheHigherFirstAndTheLongestDueOfEquals()
    {
        await using var bench = new StoreBench();
        foreach (var (domain, minutes, priority) in new (string, int, int?)[] { ("low", 0, -9), ("none", 2, null), ("zero", 1, 0), ("high", 3, 4), ("low", 4, 9), ("later", 9, 9), ("beyond", 4, 99) })
        {
            var message = StoreBench.Message($"b@{domain}.example");
            await bench.Store.AddAsync(message with { Received = StoreBench.Start.AddMinutes(minutes), Envelope = message.Envelope with { RequestedPriority = priority } }, Token);
        }
        var now = StoreBench.Start.AddMinutes(5);

        Assert.Equal(StoreBench.Start, StoreBench.Stored(await bench.Store.GetNextDueAsync([], Token)));
        Assert.Equal(["beyond.example", "low.example", "high.example"], (await bench.AcquireAsync(now, 3)).Select(lease => lease.Domain.ToString()));
        Assert.Equal(["zero.example", "none.example"], (await bench.AcquireAsync(now, 100, "low.example")).Select(lease => lease.Domain.ToString()));
        Assert.Equal(StoreBench.Start, Assert.Single(await bench.AcquireAsync(now)).Received);
        Assert.Empty(await bench.AcquireAsync(now));
    }

    [Fact]
    public async Task OpenAsync_FileOfTheThirdVersion_PrioritiesCount()
    {
        await using var bench = new StoreBench();
        var message = StoreBench.Message("b@high.example");
        await bench.AddAsync("b@one.example");
        await bench.Store.AddAsync(message with { Envelope = message.Envelope with { RequestedPriority = 3 } }, Token);
        await bench.Database.DisposeAsync();
        bench.Execute("DROP INDEX destination_turn; ALTER TABLE destination DROP COLUMN priority; CREATE INDEX destination_available ON destination (available, domain); DROP TABLE trust_anchor_witness; DROP TABLE trust_anchor; PRAGMA user_version=3");
        bench.Open();

        Assert.Equal("high.example", Assert.Single(await bench.AcquireAsync(StoreBench.Start.AddDays(1), 1)).Domain.ToString());
    }

    [Fact]
    public async Task AcquireAsync_LessThanOne_Throws()
    {
        await using var bench = new StoreBench();
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await bench.Store.AcquireAsync(StoreBench.Request(max: 0), Token));
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await bench.Store.ListAsync(default, 0, Token));
    }

    [Fact]
    public async Task AcquireAsync_Given_AttemptAndNextDueAreWrittenBeforeAnyoneDials()
    {
        await using var bench = new StoreBench();
        await bench.AddAsync("b@one.example");
        await bench.AcquireAsync();
        await bench.RestartAsync();

        var entry = Assert.Single(await bench.ListAsync());
        Assert.Equal((1, StoreBench.Start.AddMinutes(10), StoreBench.Start, "bench"), (entry.Attempts, entry.Due, entry.LastAttempt!.Value, entry.LeaseOwner));
        Assert.Empty(await bench.AcquireAsync(StoreBench.Start.AddMinutes(9)));
        Assert.Equal(2, Assert.Single(await bench.AcquireAsync(StoreBench.Start.AddMinutes(10))).Attempt);
    }

    [Fact]
    public async Task RenewAsync_LeaseHeld_NobodyTakesOverBeforeItsNewEnd()
    {
        await using var bench = new StoreBench();
        await bench.AddAsync("b@one.example");
        var lease = Assert.Single(await bench.AcquireAsync());
        Assert.Equal(LeaseState.Held, StoreBench.Stored(await bench.Store.RenewAsync(lease, StoreBench.Start.AddHours(1), Token)));
        Assert.Empty(await bench.AcquireAsync(StoreBench.Start.AddMinutes(59)));
        Assert.Single(await bench.AcquireAsync(StoreBench.Start.AddHours(1)));
    }

    [Fact]
    public async Task RenewAsync_LeaseOverButNotTakenOver_HeldAgain()
    {
        await using var bench = new StoreBench();
        await bench.AddAsync("b@one.example");
        var lease = Assert.Single(await bench.AcquireAsync());
        Assert.Equal(LeaseState.Held, StoreBench.Stored(await bench.Store.RenewAsync(lease, StoreBench.Start.AddDays(1), Token)));
        Assert.Empty(await bench.AcquireAsync(StoreBench.Start.AddHours(3)));
    }

    [Fact]
    public async Task LeaseHolder_WhoLostIt_WritesNothing()
    {
        await using var bench = new StoreBench();
        await bench.AddAsync("b@one.example");
        var lost = Assert.Single(await bench.AcquireAsync());
        var held = Assert.Single(await bench.AcquireAsync(StoreBench.Start.AddHours(1)));
        var before = Assert.Single(await bench.ListAsync());

        Assert.NotEqual(lost.Token, held.Token);
        Assert.Equal(LeaseState.Lost, StoreBench.Stored(await bench.Store.RenewAsync(lost, StoreBench.Start.AddDays(9), Token)));
        Assert.Equal(LeaseState.Lost, StoreBench.Stored(await bench.Store.ReleaseAsync(lost, StoreBench.Start, Token)));
        Assert.Equal(LeaseState.Lost, StoreBench.Stored(await bench.Store.CompleteAsync(lost, StoreBench.All(lost, RecipientFate.Failed), StoreBench.Message("a@sender.example"), Token)));
        var after = Assert.Single(await bench.ListAsync());
        Assert.Equal(before with { Recipients = [] }, after with { Recipients = [] });
        Assert.Equal(before.Recipients, after.Recipients);
        Assert.Equal(LeaseState.Held, StoreBench.Stored(await bench.Store.ReleaseAsync(held, StoreBench.Start, Token)));
    }

    [Fact]
    public async Task ReleaseAsync_Held_DueAgainAsToldAndTheAttemptStaysCounted()
    {
        await using var bench = new StoreBench();
        await bench.AddAsync("b@one.example");
        var lease = Assert.Single(await bench.AcquireAsync());
        Assert.Equal(LeaseState.Held, StoreBench.Stored(await bench.Store.ReleaseAsync(lease, StoreBench.Start.AddSeconds(1), Token)));
        Assert.Null(Assert.Single(await bench.ListAsync()).LeaseOwner);
        Assert.Equal(2, Assert.Single(await bench.AcquireAsync(StoreBench.Start.AddSeconds(1))).Attempt);
        Assert.Equal(LeaseState.Lost, StoreBench.Stored(await bench.Store.ReleaseAsync(lease, StoreBench.Start, Token)));
    }

    [Fact]
    public async Task CompleteAsync_SomeRecipientsDecided_OthersStayOpenWithWhatWasSaid()
    {
        await using var bench = new StoreBench();
        await bench.AddAsync("a@one.example", "b@one.example", "c@one.example", "d@one.example", "e@two.example");
        var lease = (await bench.AcquireAsync())[0];
        RecipientCompletion Of(int index, RecipientFate fate) => new(lease.Envelope.Recipients[index].Path, fate, new EnhancedStatus(4, 2, 2), $"said {index}");
        await bench.Store.CompleteAsync(lease, new LeaseCompletion
        {
            Recipients = [Of(0, RecipientFate.Delivered), Of(1, RecipientFate.Failed), Of(2, RecipientFate.Retry)], RetryAt = StoreBench.Start.AddHours(2),
            DelayNotice = DelayNotice.Sent, Explanation = "explained",
        }, null, Token);

        var entry = (await bench.ListAsync()).Single(entry => entry.Domain == lease.Domain);
        Assert.Equal(
            [new(lease.Envelope.Recipients[2].Path, new EnhancedStatus(4, 2, 2), "said 2"), new QueueEntryRecipient(lease.Envelope.Recipients[3].Path, null, "")],
            entry.Recipients);
        Assert.Equal((StoreBench.Start.AddHours(2), "explained", null), (entry.Due, entry.Explanation, entry.LeaseOwner));
        var again = (await bench.AcquireAsync(StoreBench.Start.AddHours(2))).Single(next => next.Domain == lease.Domain);
        Assert.Equal((2, DelayNotice.Sent, 2), (again.Attempt, again.DelayNotice, again.Envelope.Recipients.Count));
        Assert.NotEmpty(StoreBench.Read(again.Content));
    }

    [Fact]
    public async Task CompleteAsync_EverythingDecided_MessageAndContentAreGone()
    {
        await using var bench = new StoreBench();
        await bench.Store.AddAsync(StoreBench.Message(new byte[200_000], "a@one.example", "b@two.example"), Token);
        await bench.AddAsync("stays@three.example");
        foreach (var lease in (await bench.AcquireAsync()).Where(lease => lease.Domain.ToString() != "three.example"))
            Assert.Equal(LeaseState.Held, StoreBench.Stored(await bench.Store.CompleteAsync(lease, StoreBench.All(lease, RecipientFate.Failed), null, Token)));

        Assert.Equal("three.example", Assert.Single(await bench.ListAsync()).Domain.ToString());
        Assert.Equal([1, 1, 1, 1], new[] { "message", "content", "destination", "recipient" }.Select(table => bench.Count($"SELECT count(*) FROM {table}")));
    }

    [Fact]
    public async Task CompleteAsync_WithANotice_QueuedInTheSameTransaction()
    {
        await using var bench = new StoreBench();
        await bench.AddAsync("b@one.example");
        var lease = Assert.Single(await bench.AcquireAsync());
        var before = bench.Meters.Transactions.Count;
        await bench.Store.CompleteAsync(lease, StoreBench.All(lease, RecipientFate.Failed), StoreBench.Message("a@sender.example"), Token);

        Assert.Equal(before + 1, bench.Meters.Transactions.Count);
        Assert.Equal("sender.example", Assert.Single(await bench.AcquireAsync()).Domain.ToString());
        await Assert.ThrowsAsync<ArgumentException>(async () => await bench.Store.CompleteAsync(lease, StoreBench.All(lease, RecipientFate.Failed), StoreBench.Message(), Token));
    }

    [Fact]
    public async Task CompleteAsync_NoticeCannotBeStored_ResultIsNeither()
    {
        await using var bench = new StoreBench();
        await bench.AddAsync("b@one.example");
        var lease = Assert.Single(await bench.AcquireAsync());
        await Assert.ThrowsAsync<InvalidDataException>(async () => await bench.Store.CompleteAsync(
            lease, StoreBench.All(lease, RecipientFate.Failed), StoreBench.Message("a@sender.example") with { Content = new PacedContent(9) { DeclaredLength = 8 } }, Token));
        Assert.Equal("b@one.example", Assert.Single(Assert.Single(await bench.ListAsync()).Recipients).Recipient.ToString());
    }

    [Fact]
    public async Task GetNextDueAsync_Anything_EarliestThatIsNeitherBusyNorLeased()
    {
        await using var bench = new StoreBench();
        Assert.Null(StoreBench.Stored(await bench.Store.GetNextDueAsync([], Token)));
        await bench.AddAsync("b@one.example");
        await bench.Store.AddAsync(StoreBench.Message("b@two.example") with { Received = StoreBench.Start.AddMinutes(1) }, Token);

        Assert.Equal(StoreBench.Start, StoreBench.Stored(await bench.Store.GetNextDueAsync([], Token)));
        Assert.Equal(StoreBench.Start.AddMinutes(1), StoreBench.Stored(await bench.Store.GetNextDueAsync([StoreBench.Domain("one.example")], Token)));
        Assert.Null(StoreBench.Stored(await bench.Store.GetNextDueAsync([StoreBench.Domain("one.example"), StoreBench.Domain("two.example")], Token)));
        await bench.AcquireAsync();
        Assert.Equal(StoreBench.Start.AddMinutes(10), StoreBench.Stored(await bench.Store.GetNextDueAsync([StoreBench.Domain("two.example")], Token)));
    }

    [Fact]
    public async Task ListAsync_PageByPage_EveryMessageOnceAndWhole()
    {
        await using var bench = new StoreBench();
        for (var i = 0; i < 5; i++)
            await bench.AddAsync("a@one.example", "b@two.example", "c@three.example");
        var seen = new List<QueueEntry>();
        for (QueueMessageId after = default; ;)
        {
            var page = StoreBench.Stored(await bench.Store.ListAsync(after, 4, Token));
            if (page.Count == 0)
                break;
                Assert.InRange(page.Count, 1, 6);
            Assert.All(page.GroupBy(entry => entry.MessageId), message => Assert.Equal(3, message.Count()));
            seen.AddRange(page);
            after = page[^1].MessageId;
        }
        Assert.Equal(15, seen.Count);
        Assert.Equal(seen.OrderBy(entry => entry.MessageId.Value), seen);
        Assert.Equal("a@sender.example", seen[0].ReversePath.ToString());
        Assert.Equal((24, StoreBench.Start, 0, null), (seen[0].Size, seen[0].Received, seen[0].Attempts, seen[0].LastAttempt));
    }

    [Fact]
    public async Task OpenRead_MessageRemovedWhileItIsRead_IOException()
    {
        await using var bench = new StoreBench();
        await bench.Store.AddAsync(StoreBench.Message(new byte[200_000], "b@one.example"), Token);
        var lease = Assert.Single(await bench.AcquireAsync());
        await using var stream = lease.Content.OpenRead();
        Assert.Equal(1, stream.Read(new byte[1]));
        await bench.Store.CompleteAsync(lease, StoreBench.All(lease, RecipientFate.Delivered), null, Token);

        Assert.Throws<IOException>(() => stream.CopyTo(Stream.Null));
        Assert.Equal(LeaseState.Lost, StoreBench.Stored(await bench.Store.RenewAsync(lease, StoreBench.Start.AddDays(1), Token)));
    }

    [Fact]
    public async Task OpenRead_SeveralTimesAndAtOnce_EachReadsTheWhole()
    {
        await using var bench = new StoreBench();
        var content = Enumerable.Range(0, 150_000).Select(i => PacedContent.At(i)).ToArray();
        await bench.Store.AddAsync(StoreBench.Message(content, "b@one.example"), Token);
        var lease = Assert.Single(await bench.AcquireAsync());
        await using (var abandoned = lease.Content.OpenRead())
            Assert.Equal(100, await abandoned.ReadAtLeastAsync(new byte[100], 100, cancellationToken: Token));
        var reads = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => StoreBench.Read(lease.Content), Token)));
        Assert.All(reads, read => Assert.Equal(content, read));
    }

    [Fact]
    public async Task AddAsync_CancelledBeforeTheWriterBegins_GivesUp()
    {
        await using var bench = new StoreBench();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await bench.Store.AddAsync(StoreBench.Message("b@one.example"), new CancellationToken(canceled: true)));
        Assert.Empty(await bench.ListAsync());
    }

    [Fact]
    public async Task AddAsync_CancelledWhileItIsWritten_TrueResultIsGiven()
    {
        await using var bench = new StoreBench();
        using var cancel = new CancellationTokenSource();
        var content = new PacedContent(100_000) { BeforeRead = at => { if (at > 50_000) cancel.Cancel(); } };
        var id = StoreBench.Stored(await bench.Store.AddAsync(StoreBench.Message("b@one.example") with { Content = content }, cancel.Token));
        Assert.True(cancel.IsCancellationRequested);
        Assert.Equal(id, Assert.Single(await bench.ListAsync()).MessageId);
    }
}
