using System.Diagnostics;
using Mail.Security.Queue;
using Microsoft.Data.Sqlite;

namespace Mail.Security.Storage.Sqlite.Tests;

/// <summary>A database that is locked, full, read-only, damaged, newer or someone else's: a reason, nothing written, and work again afterwards.</summary>
public sealed class SqliteFaultTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AddAsync_AnotherConnectionHoldsTheLock_LockedThenWorksAgain()
    {
        await using var bench = new StoreBench();
        await bench.AddAsync("a@one.example");
        using (var blocker = bench.Connect())
        {
            StoreBench.Scalar(blocker, "BEGIN IMMEDIATE");
            Assert.Equal(StoreFailure.Locked, StoreBench.Failure(await bench.Store.AddAsync(StoreBench.Message("b@one.example"), Token)));
            Assert.Equal(StoreFailure.Locked, StoreBench.Failure(await bench.Store.AcquireAsync(StoreBench.Request(), Token)));
            Assert.Single(await bench.ListAsync());                // readers never wait for a writer
            StoreBench.Scalar(blocker, "ROLLBACK");
        }
        await bench.AddAsync("c@one.example");
        Assert.Equal(["a@one.example", "c@one.example"], (await bench.ListAsync()).Select(entry => entry.Recipients[0].Recipient.ToString()));
        Assert.Equal(2, bench.Log.Count(1702));
    }

    [Fact]
    public async Task AddAsync_SizeLimitReached_FullAndTheQueueStillDrains()
    {
        await using var bench = new StoreBench(options => options.MaxBytes = 2 << 20);
        var content = new byte[60_000];
        var stored = 0;
        StoreResult<QueueMessageId> last;
        for (; (last = await bench.Store.AddAsync(StoreBench.Message(content, $"b@d{stored}.example"), Token)) is StoreResult<QueueMessageId>.Stored; stored++)
            Assert.InRange(stored, 0, 100);
        Assert.Equal(StoreFailure.Full, StoreBench.Failure(last));
        Assert.InRange(stored, 10, 35);
        while (await bench.Store.AddAsync(StoreBench.Message("s@small.example"), Token) is StoreResult<QueueMessageId>.Stored)
            stored++;
        Assert.Equal(stored, bench.Count("SELECT count(*) FROM message"));

        var failed = 0;
        for (var minute = 0; (await bench.AcquireAsync(StoreBench.Start.AddDays(minute), 5)) is { Count: > 0 } leases; minute++)
            foreach (var lease in leases)
                if (failed++ % 2 == 0)
                    StoreBench.Stored(await bench.Store.CompleteAsync(lease, StoreBench.All(lease, RecipientFate.Retry) with { RetryAt = StoreBench.Start.AddDays(minute), Explanation = new string('x', 3000) }, null, Token));
                else
                    StoreBench.Stored(await bench.Store.CompleteAsync(lease, StoreBench.All(lease, RecipientFate.Failed), StoreBench.Message($"b@d{failed}.example") with { Received = StoreBench.Start.AddYears(9) }, Token));
        Assert.True(bench.Count("SELECT count(*) FROM content") > 0);
        await bench.Store.AddAsync(StoreBench.Message(content, "again@one.example"), Token);
    }

    [Fact]
    public async Task AddAsync_OneMessageTooLargeForTheRoomLeft_OthersOfTheBatchAreStored()
    {
        await using var bench = new StoreBench(options => options.MaxBytes = 2 << 20);
        await bench.Database.OpenAsync(Token);
        using var blocker = bench.Connect();
        StoreBench.Scalar(blocker, "BEGIN IMMEDIATE");
        var small = bench.Store.AddAsync(StoreBench.Message("b@one.example"), Token).AsTask();
        var large = bench.Store.AddAsync(StoreBench.Message("c@one.example") with { Content = new PacedContent(3 << 20) }, Token).AsTask();
        var alsoSmall = bench.Store.AddAsync(StoreBench.Message("d@one.example"), Token).AsTask();
        StoreBench.Scalar(blocker, "ROLLBACK");

        StoreBench.Stored(await small);
        StoreBench.Stored(await alsoSmall);
        Assert.Equal(StoreFailure.Full, StoreBench.Failure(await large));
        Assert.Equal(2, (await bench.ListAsync()).Count);
    }

    [Fact]
    public async Task AddAsync_NoPagesLeft_FullThenWorksAgain()
    {
        await using var bench = new StoreBench();
        await bench.AddAsync("a@one.example");
        var limit = bench.Count("PRAGMA page_count") + 20;
        StoreBench.Stored(await bench.Database.WriteAsync(session => session.Execute($"PRAGMA max_page_count={limit}"), Token));
        Assert.Equal(StoreFailure.Full, StoreBench.Failure(await bench.Store.AddAsync(StoreBench.Message("b@one.example") with { Content = new PacedContent(1 << 20) }, Token)));
        Assert.Equal(1, bench.Count("SELECT count(*) FROM message"));
        await bench.AddAsync("c@one.example");
        Assert.Equal(2, (await bench.ListAsync()).Count);
    }

    [Fact]
    public async Task AddAsync_DiskFull_FullThenWorksAgain()
    {
        using var disk = TinyDisk.Mount("size=1m");
        await using var bench = new StoreBench(options => options.Path = Path.Combine(disk.Path, "queue.db"));
        await bench.AddAsync("a@one.example");
        var filler = Path.Combine(disk.Path, "filler");
        await File.WriteAllBytesAsync(filler, new byte[500_000], Token);
        Assert.Equal(StoreFailure.Full, StoreBench.Failure(await bench.Store.AddAsync(StoreBench.Message("b@one.example") with { Content = new PacedContent(900_000) }, Token)));
        Assert.Equal("a@one.example", Assert.Single(Assert.Single(await bench.ListAsync()).Recipients).Recipient.ToString());

        File.Delete(filler);
        await bench.AddAsync("c@one.example");
        Assert.Equal(2, (await bench.ListAsync()).Count);
        await bench.Database.DisposeAsync();
    }

    // Without the reserve the log takes the last octet, and neither a lease nor the removal of a delivered message can be written.
    [Fact]
    public async Task AddAsync_DiskFilledByMail_FullAndTheQueueEmptiesItself()
    {
        using var disk = TinyDisk.Mount("size=6m");
        await using var bench = new StoreBench(options => (options.Path, options.MinFreeBytes) = (Path.Combine(disk.Path, "queue.db"), 1 << 20));
        StoreResult<QueueMessageId> last;
        var stored = 0;
        for (; (last = await bench.Store.AddAsync(StoreBench.Message(new byte[300_000], $"b@d{stored}.example"), Token)) is StoreResult<QueueMessageId>.Stored; stored++)
            Assert.InRange(stored, 0, 30);
        Assert.Equal(StoreFailure.Full, StoreBench.Failure(last));
        Assert.InRange(stored, 3, 20);

        foreach (var lease in await bench.AcquireAsync())
            StoreBench.Stored(await bench.Store.CompleteAsync(lease, StoreBench.All(lease, RecipientFate.Delivered), null, Token));
        Assert.Empty(await bench.ListAsync());
        await bench.Database.DisposeAsync();
    }

    [Fact]
    public async Task AddAsync_MediumMadeReadOnly_ReadOnlyThenWorksAgain()
    {
        using var disk = TinyDisk.Mount("size=4m");
        await using var bench = new StoreBench(options => options.Path = Path.Combine(disk.Path, "queue.db"));
        await bench.AddAsync("a@one.example");
        await bench.RestartAsync();                                // the file is closed: a file that is open for writing cannot become read-only
        disk.Remount("ro");
        Assert.Equal(StoreFailure.ReadOnly, StoreBench.Failure(await bench.Store.AddAsync(StoreBench.Message("b@one.example"), Token)));
        disk.Remount("rw");
        await bench.AddAsync("c@one.example");
        Assert.Equal(["a@one.example", "c@one.example"], (await bench.ListAsync()).Select(entry => entry.Recipients[0].Recipient.ToString()));
        await bench.Database.DisposeAsync();
    }

    [Fact]
    public async Task AddAsync_FileIsNoDatabase_CorruptAndTheFileIsLeftAlone()
    {
        await using var bench = new StoreBench();
        var garbage = Enumerable.Range(0, 8192).Select(i => (byte)(i * 7)).ToArray();
        await File.WriteAllBytesAsync(bench.DatabasePath, garbage, Token);
        Assert.Equal(StoreFailure.Corrupt, StoreBench.Failure(await bench.Store.AddAsync(StoreBench.Message("b@one.example"), Token)));
        Assert.Equal(StoreFailure.Corrupt, StoreBench.Failure(await bench.Store.ListAsync(default, 1, Token)));
        Assert.Equal(garbage, await File.ReadAllBytesAsync(bench.DatabasePath, Token));

        File.Delete(bench.DatabasePath);
        await bench.AddAsync("b@one.example");                     // the operator put it right
    }

    [Fact]
    public async Task Operations_PagesOverwritten_CorruptAndNeverAnException()
    {
        await using var bench = new StoreBench();
        for (var i = 0; i < 50; i++)
            await bench.Store.AddAsync(StoreBench.Message(new byte[5000], $"b@d{i}.example"), Token);
        await bench.Database.DisposeAsync();
        await using (var file = new FileStream(bench.DatabasePath, FileMode.Open))
        {
            file.Position = 4096;                                  // the header page stays
            await file.WriteAsync(Enumerable.Repeat((byte)0xA5, (int)file.Length - 4096).ToArray(), Token);
        }
        bench.Open();
        Assert.Equal(StoreFailure.Corrupt, StoreBench.Failure(await bench.Store.AcquireAsync(StoreBench.Request(), Token)));
        Assert.Equal(StoreFailure.Corrupt, StoreBench.Failure(await bench.Store.ListAsync(default, 100, Token)));
        Assert.Equal(StoreFailure.Corrupt, StoreBench.Failure(await bench.Store.GetNextDueAsync([], Token)));
    }

    // What is acknowledged must be found by the next process; a file without a name is found by nobody.
    [Theory]
    [InlineData("")]
    [InlineData("-wal")]
    [InlineData("-shm")]
    [InlineData("", "-wal", "-shm")]
    public async Task AddAsync_FilesRemovedWhileOpen_WhatIsAcknowledgedIsInTheFileThatIsThere(params string[] removed)
    {
        await using var bench = new StoreBench();
        await bench.AddAsync("a@one.example");
        await bench.ListAsync();                                   // readers hold the file too
        foreach (var suffix in removed)
            File.Delete(bench.DatabasePath + suffix);

        await bench.AddAsync("b@one.example");
        await bench.AddAsync("c@one.example");
        var there = bench.Count("SELECT count(*) FROM message");
        Assert.Equal(removed.Contains("") ? 2 : 3, there);
        Assert.Equal(there, (await bench.ListAsync()).Count);
        Assert.Equal(1, bench.Log.Count(1706));
    }

    [Fact]
    public async Task AddAsync_FileReplacedWhileOpen_WhatIsAcknowledgedIsInTheNewOne()
    {
        await using var bench = new StoreBench();
        await bench.AddAsync("a@one.example");
        var copy = bench.DatabasePath + ".copy";
        bench.Execute($"VACUUM INTO '{copy}'");
        await bench.AddAsync("b@one.example");
        await bench.ListAsync();
        File.Delete(bench.DatabasePath + "-wal");
        File.Delete(bench.DatabasePath + "-shm");
        File.Move(copy, bench.DatabasePath, overwrite: true);

        await bench.AddAsync("c@one.example");
        Assert.Equal(["a@one.example", "c@one.example"], (await bench.ListAsync()).Select(entry => entry.Recipients[0].Recipient.ToString()));
        Assert.Equal(2, bench.Count("SELECT count(*) FROM message"));
    }

    [Fact]
    public async Task AddAsync_FileRemovedWhileItWrites_IoAndNotAcknowledged()
    {
        await using var bench = new StoreBench();
        await bench.AddAsync("a@one.example");
        var result = await bench.Database.WriteAsync(session =>
        {
            File.Delete(bench.DatabasePath);
            return session.Execute("UPDATE message SET received = 0");
        }, Token);

        Assert.Equal(StoreFailure.Io, StoreBench.Failure(result));
        await bench.AddAsync("b@one.example");
        Assert.Equal(1, bench.Count("SELECT count(*) FROM message"));
    }

    [Theory]
    [InlineData("UPDATE message SET reverse_path = 'no path at all <>'")]
    [InlineData("UPDATE recipient SET path = ''")]
    [InlineData("UPDATE destination SET domain = '..'")]
    public async Task AcquireAsync_RowsThatNobodyWrites_PutOffAndTheOthersGoOn(string damage)
    {
        await using var bench = new StoreBench();
        var damaged = await bench.AddAsync("b@one.example");
        bench.Execute(damage);
        Assert.Equal(StoreFailure.Corrupt, StoreBench.Failure(await bench.Store.ListAsync(default, 1, Token)));
        var sound = await bench.AddAsync("c@one.example");
        var other = await bench.AddAsync("d@two.example");

        Assert.Equal(sound, Assert.Single(await bench.AcquireAsync(max: 1)).MessageId);
        Assert.Equal(other, Assert.Single(await bench.AcquireAsync(busy: "one.example")).MessageId);
        Assert.Empty(await bench.AcquireAsync());
        Assert.Equal(1, bench.Log.Count(1705));
        Assert.Equal((1, 1), (bench.Count($"SELECT count(*) FROM destination WHERE message_id = {damaged.Value} AND lease_token IS NULL"), bench.Count($"SELECT attempts FROM destination WHERE message_id = {damaged.Value}")));
        Assert.Equal((StoreBench.Start + TimeSpan.FromMinutes(10)).UtcTicks, bench.Count($"SELECT available FROM destination WHERE message_id = {damaged.Value}"));
    }

    [Fact]
    public async Task AcquireAsync_DamagedRowAndNoLaterRetry_EndsAndPutsItOff()
    {
        await using var bench = new StoreBench();
        await bench.AddAsync("b@one.example");
        bench.Execute("UPDATE recipient SET path = ''");
        Assert.Empty(StoreBench.Stored(await bench.Store.AcquireAsync(StoreBench.Request() with { ProvisionalRetry = _ => StoreBench.Start }, Token)));
        Assert.Equal((StoreBench.Start + TimeSpan.FromMinutes(2)).UtcTicks, bench.Count("SELECT available FROM destination"));
    }

    [Fact]
    public async Task OpenAsync_DirectoryMissing_IoThenWorksWhenItIsThere()
    {
        await using var bench = new StoreBench(options => options.Path = Path.Combine(Path.GetDirectoryName(options.Path)!, "later", "queue.db"));
        Assert.Equal(StoreFailure.Io, StoreBench.Failure(await bench.Database.OpenAsync(Token)));
        Assert.Equal(StoreFailure.Io, StoreBench.Failure(await bench.Store.ListAsync(default, 1, Token)));
        Directory.CreateDirectory(Path.GetDirectoryName(bench.Options.Path)!);
        await bench.AddAsync("b@one.example");
    }

    [Theory]
    [InlineData("PRAGMA application_id=0; CREATE TABLE accounts (id)")]
    [InlineData("PRAGMA application_id=1234")]
    [InlineData("PRAGMA application_id=0; PRAGMA user_version=1; CREATE TABLE message (id)")]
    [InlineData("PRAGMA application_id=0x4D535131; PRAGMA user_version=999; CREATE TABLE message (id)")]
    public async Task OpenAsync_SomeoneElsesOrNewerDatabase_IncompatibleAndNotAnOctetIsChanged(string content)
    {
        await using var bench = new StoreBench();
        bench.Execute(content);
        var before = await File.ReadAllBytesAsync(bench.DatabasePath, Token);
        Assert.Equal(StoreFailure.Incompatible, StoreBench.Failure(await bench.Database.OpenAsync(Token)));
        Assert.Equal(StoreFailure.Incompatible, StoreBench.Failure(await bench.Store.AddAsync(StoreBench.Message("b@one.example"), Token)));
        Assert.Equal(StoreFailure.Incompatible, StoreBench.Failure(await bench.Store.ListAsync(default, 1, Token)));
        await bench.Database.DisposeAsync();

        Assert.Equal(before, await File.ReadAllBytesAsync(bench.DatabasePath, Token));
    }

    [Fact]
    public async Task OpenAsync_EmptyFileOrUntouchedDatabase_SchemaIsMade()
    {
        await using var bench = new StoreBench();
        await File.WriteAllBytesAsync(bench.DatabasePath, [], Token);
        bench.Execute("PRAGMA user_version=1");                    // a number without tables is nobody's schema
        Assert.Equal(SqliteSchema.Version, StoreBench.Stored(await bench.Database.OpenAsync(Token)));
        await bench.AddAsync("b@one.example");
        await bench.RestartAsync();
        Assert.Single(await bench.ListAsync());
        Assert.Equal(1, bench.Log.Count(1701));
    }

    [Fact]
    public async Task OpenAsync_NewFile_NobodyElseCanReadTheMail()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no file modes.");
            return;
        }
        await using var bench = new StoreBench();
        await bench.AddAsync("b@one.example");

        foreach (var file in Directory.GetFiles(Path.GetDirectoryName(bench.DatabasePath)!))
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    [Fact]
    public async Task OpenAsync_MigrationFailsInTheMiddle_NothingOfItStays()
    {
        await using var bench = new StoreBench();
        bench.Execute("PRAGMA application_id=0x4D535131; CREATE TABLE recipient (id)");     // stands in the way of the fourth table
        Assert.IsType<StoreResult<int>.Unavailable>(await bench.Database.OpenAsync(Token));
        Assert.Equal(1, bench.Count("SELECT count(*) FROM sqlite_schema"));
        Assert.Equal(0, bench.Count("PRAGMA user_version"));

        bench.Execute("DROP TABLE recipient");
        Assert.Equal(SqliteSchema.Version, StoreBench.Stored(await bench.Database.OpenAsync(Token)));
        await bench.AddAsync("b@one.example");
    }

    [Fact]
    public async Task Operations_AfterDispose_Throw()
    {
        await using var bench = new StoreBench();
        await bench.AddAsync("b@one.example");
        await bench.Database.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await bench.Store.AddAsync(StoreBench.Message("b@one.example"), Token));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await bench.Store.ListAsync(default, 1, Token));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await bench.Store.GetNextDueAsync([], Token));
    }

    [Fact]
    public async Task DisposeAsync_WhileOperationsWait_TheyAreFinishedAndTheLogIsMerged()
    {
        await using var bench = new StoreBench();
        var adds = Enumerable.Range(0, 50).Select(i => bench.Store.AddAsync(StoreBench.Message($"b@d{i}.example"), Token).AsTask()).ToList();
        await bench.Database.DisposeAsync();
        foreach (var add in adds)
            StoreBench.Stored(await add);
        Assert.False(File.Exists(bench.DatabasePath + "-wal"));
        Assert.Equal(50, bench.Count("SELECT count(*) FROM message"));
    }

    [Fact]
    public async Task AddAsync_ManyAtOnce_ShareTransactions()
    {
        await using var bench = new StoreBench();
        await bench.Database.OpenAsync(Token);
        using var blocker = bench.Connect();
        StoreBench.Scalar(blocker, "BEGIN IMMEDIATE");
        var before = bench.Meters.Transactions.Count;
        var adds = Enumerable.Range(0, 200).Select(i => bench.Store.AddAsync(StoreBench.Message($"b@d{i}.example"), Token).AsTask()).ToList();
        StoreBench.Scalar(blocker, "ROLLBACK");
        var ids = new HashSet<QueueMessageId>();
        foreach (var add in adds)
            Assert.True(ids.Add(StoreBench.Stored(await add)));

        var transactions = bench.Meters.Transactions.Skip(before).ToList();
        Assert.Equal(200, transactions.Sum());
        Assert.InRange(transactions.Count, 1, 2);                  // what the writer had begun with, and everything that waited
        Assert.Equal(200, (await bench.ListAsync()).Count);
    }

    [Fact]
    public async Task OpenWriter_Settings_AreThoseDurabilityRestsOn()
    {
        await using var bench = new StoreBench();
        await bench.Database.OpenAsync(Token);
        Assert.Equal("wal", StoreBench.Stored(await bench.Database.ReadAsync(session => session.Scalar<string>("PRAGMA journal_mode"), Token)));
        var settings = StoreBench.Stored(await bench.Database.WriteAsync(session => (session.Scalar<long>("PRAGMA synchronous"), session.Scalar<long>("PRAGMA foreign_keys")), Token));
        Assert.Equal((2, 1), settings);
    }

    /// <summary>A file system of a few megabytes that this test owns; needs root.</summary>
    private sealed class TinyDisk : IDisposable
    {
        private TinyDisk(string path) => Path = path;

        public string Path { get; }

        public static TinyDisk Mount(string options)
        {
            if (!OperatingSystem.IsLinux() || Environment.UserName != "root")
                Assert.Skip("Mounting a small file system needs Linux and root.");
            var path = Directory.CreateTempSubdirectory("mailsec-disk").FullName;
            if (!Run("mount", "-t", "tmpfs", "-o", options, "tmpfs", path))
            {
                Directory.Delete(path);
                Assert.Skip("This machine lets nobody mount a tmpfs.");
            }
            return new TinyDisk(path);
        }

        public void Remount(string mode) => Assert.True(Run("mount", "-o", $"remount,{mode}", Path));

        public void Dispose()
        {
            SqliteConnection.ClearAllPools();
            if (Run("umount", Path) || Run("umount", "-l", Path))
                Directory.Delete(Path);
        }

        private static bool Run(string program, params string[] arguments)
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
    }
}
