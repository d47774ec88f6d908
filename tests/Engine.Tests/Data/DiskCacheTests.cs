using HiEndMae.Engine.Data.Cache;
using HiEndMae.Engine.Data.Cases;
using HiEndMae.Imaging;

namespace HiEndMae.Engine.Tests.Data;

public sealed class DiskCacheTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("hiendmae-cache-").FullName;
    private readonly List<string> notes = [];
    private readonly SettableClock clock = new();

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Entries_are_found_by_content_and_preparation()
    {
        MadeCase source = Case("a");
        using (PreparedCase kept = Open().Keep(Made.Key(source), Made.Prepared(source, 4))) Assert.Equal(("a", 1, true), (kept.Id, kept.Channels, kept.HasLabel));
        DiskCache again = Open();
        using PreparedCase? found = again.Find(Made.Key(source), source.Id);
        using PreparedCase memory = Made.Prepared(source, 4);
        Assert.NotNull(found);
        Assert.Equal((memory.Layout, memory.NumPositive, memory.NumNegative), (found.Layout, found.NumPositive, found.NumNegative));
        Assert.Equal(Enumerable.Range(0, memory.NumPositive).Select(memory.Positive), Enumerable.Range(0, found.NumPositive).Select(found.Positive));
        Assert.Equal(memory.DecodeImage().Voxels, found.DecodeImage().Voxels);
        Assert.Equal(memory.DecodeLabel().Voxels, found.DecodeLabel().Voxels);
        Assert.Null(again.Find(Made.Key(source, "otherwise"), source.Id));
        Assert.Null(again.Find(Made.Key(new MadeCase("a", new Size3(4, 4, 4), Made.Value, (_, _, _) => 1) { Version = 2 }), "a"));
        Assert.Empty(notes);
    }

    [Fact]
    public void Entries_are_numpy_files_that_other_tools_open()
    {
        MadeCase source = Case("a");
        Open().Keep(Made.Key(source), Made.Prepared(source, 4)).Dispose();
        string entry = Assert.Single(Directory.GetDirectories(Path.Combine(folder, "cases")));
        foreach ((string name, string type, int[] shape) in new[] { ("image", "<f2", new[] { 1, 4, 4, 4 }), ("label", "|u1", [4, 4, 4]), ("rows", "<i4", [2, 17]) })
        {
            byte[] bytes = File.ReadAllBytes(Path.Combine(entry, name + ".npy"));
            NpyHeader header = NpyHeader.Read(bytes, out int offset)!;
            Assert.Equal((type, bytes.LongLength - offset), (header.Type, header.Bytes));
            Assert.Equal(shape, header.Shape);
            if (name == "image") Assert.Equal((Half)Made.Value(0, 0, 3), BitConverter.ToHalf(bytes, offset + 6));
        }
    }

    [Fact]
    public void The_least_recently_used_entry_is_removed_first()
    {
        MadeCase[] cases = [.. "abcd".Select(name => Case(name.ToString()))];
        long one = Keep(Open(), cases[0]);
        DiskCache room = Open(limit: one * 3 + one / 2);
        Keep(room, cases[1]);
        clock.Now += TimeSpan.FromMinutes(1);
        Keep(room, cases[2]);
        // a is used again; b is now the oldest. Another process fills the cache up.
        clock.Now += TimeSpan.FromHours(1);
        Open().Find(Made.Key(cases[0]), "a")!.Dispose();
        DiskCache other = Open(limit: one * 3 + one / 2);
        Keep(other, cases[3]);
        Assert.Equal("acd", string.Concat(cases.Where(source => Find(source)).Select(source => source.Id)));
        Assert.Contains("1 entries", Assert.Single(notes));
        Assert.Empty(Directory.GetDirectories(Path.Combine(folder, "tmp")));
    }

    [Fact]
    public void If_a_stage_s_cases_exceed_the_limit_a_warning_says_so_and_none_is_removed()
    {
        MadeCase[] cases = [Case("a"), Case("b")];
        long one = Keep(Open(), Case("old"));
        DiskCache room = Open(limit: one + one / 2);
        Keep(room, cases[0]);
        Assert.Contains("[cache] limit", Assert.Throws<CacheLimitException>(() => Keep(room, cases[1])).Message);
        Assert.True(Find(cases[0]));
        Assert.Empty(Directory.GetDirectories(Path.Combine(folder, "tmp")));
    }

    [Theory]
    [InlineData("image.npy", true)]
    [InlineData("rows.npy", false)]
    [InlineData("case.json", true)]
    [InlineData("label.npy", false)]
    public void A_damaged_entry_is_made_again(string name, bool cut)
    {
        MadeCase source = Case("a");
        Keep(Open(), source);
        string file = Directory.GetFiles(folder, name, SearchOption.AllDirectories).Single();
        byte[] bytes = File.ReadAllBytes(file);
        if (cut) bytes = bytes[..^9];
        else bytes[20] ^= 0x55;
        File.WriteAllBytes(file, bytes);
        DiskCache cache = Open();
        Assert.Null(cache.Find(Made.Key(source), source.Id));
        Assert.Contains("'a'", Assert.Single(notes));
        Keep(cache, source);
        Assert.True(Find(source));
    }

    [Fact]
    public void Concurrent_writers_of_one_case_leave_one_complete_entry()
    {
        MadeCase source = Case("a");
        Parallel.For(0, 16, new ParallelOptions { MaxDegreeOfParallelism = 8 }, _ =>
        {
            DiskCache cache = Open();
            using PreparedCase stored = cache.Find(Made.Key(source), source.Id) ?? cache.Keep(Made.Key(source), Made.Prepared(source, 4));
            Assert.Equal(64, stored.Size.Count);
        });
        Assert.Single(Directory.GetDirectories(Path.Combine(folder, "cases")));
        Assert.Empty(Directory.GetDirectories(Path.Combine(folder, "tmp")));
        Assert.Empty(notes);
    }

    [Fact]
    public void Old_leftovers_of_killed_writers_are_removed()
    {
        string left = Directory.CreateDirectory(Path.Combine(folder, "tmp", "half")).FullName;
        File.WriteAllText(Path.Combine(left, "image.npy"), "half");
        Open();
        Assert.True(Directory.Exists(left));
        clock.Now += TimeSpan.FromHours(7);
        Open();
        Assert.False(Directory.Exists(left));
    }

    private static MadeCase Case(string id) => new(id, new Size3(4, 4, 4), Made.Value, (x, _, _) => x);

    private DiskCache Open(long limit = long.MaxValue)
    {
        lock (notes) return new DiskCache(folder, limit, clock, notes.Add);
    }

    private bool Find(MadeCase source)
    {
        using PreparedCase? found = Open().Find(Made.Key(source), source.Id);
        return found is not null;
    }

    private static long Keep(DiskCache cache, MadeCase source)
    {
        long before = cache.Used;
        cache.Keep(Made.Key(source), Made.Prepared(source, 4)).Dispose();
        return cache.Used - before;
    }

    private sealed class SettableClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = DateTimeOffset.UtcNow;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
