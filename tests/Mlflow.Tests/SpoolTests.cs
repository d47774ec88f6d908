using System.Text;

namespace HiEndMae.Mlflow.Tests;

public sealed class SpoolTests
{
    [Fact]
    public void Records_are_read_in_order_from_any_offset()
    {
        using var folder = new TempFolder();
        Write(folder["s"], 0, 500);
        var all = new SpoolReader(folder["s"]).Read(0).ToList();
        Assert.Equal(Enumerable.Range(0, 500).Select(i => $"r{i}"), all.Select(entry => entry.Record.Run));
        Assert.Equal(Enumerable.Range(200, 300).Select(i => $"r{i}"), new SpoolReader(folder["s"]).Read(all[199].End).Select(entry => entry.Record.Run));
        Assert.Equal(new FileInfo(folder["s"]).Length, all[^1].End);
    }

    [Fact]
    public void A_truncated_spool_loses_only_the_truncated_record()
    {
        using var folder = new TempFolder();
        Write(folder["s"], 0, 3);
        byte[] whole = File.ReadAllBytes(folder["s"]);
        long[] ends = [.. new SpoolReader(folder["s"]).Read(0).Select(entry => entry.End)];
        for (int length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(folder["s"], whole[..length]);
            Assert.Equal(ends.Count(end => end <= length), new SpoolReader(folder["s"]).Read(0).Count());
            if (length % 7 != 0) continue;
            Write(folder["s"], 10, 1); // the next session goes on behind it
            // Only its line end missing, a record is whole again.
            int kept = ends.Count(end => end <= length + 1);
            var read = new SpoolReader(folder["s"]).Read(0).ToList();
            Assert.Equal("r10", read[^1].Record.Run);
            Assert.InRange(read.Count, kept, kept + 1);
        }
    }

    [Fact]
    public void A_damaged_line_is_skipped_and_counted()
    {
        using var folder = new TempFolder();
        Write(folder["s"], 0, 3);
        string[] lines = File.ReadAllLines(folder["s"]);
        lines[1] = lines[1].Replace("r1", "rX", StringComparison.Ordinal);
        File.WriteAllLines(folder["s"], [lines[0], lines[1], "", "no checksum here", lines[2]]);
        var reader = new SpoolReader(folder["s"]);
        Assert.Equal(["r0", "r2"], reader.Read(0).Select(entry => entry.Record.Run));
        Assert.Equal(3, reader.NumTorn);
    }

    [Fact]
    public void Long_records_and_all_numbers_survive_a_round_trip()
    {
        using var folder = new TempFolder();
        MetricValue[] points = [new("ä \"quoted\"\n", double.NaN, 1, 2), new("x", double.NegativeInfinity, long.MaxValue, -3), new("y", 0.1 + 0.2, 4, 5)];
        var record = new SpoolRecord { Op = SpoolRecord.Metrics, Run = new string('r', 300_000), Points = points };
        using (var writer = new SpoolWriter(folder["s"])) writer.Append(record);
        SpoolRecord back = Assert.Single(new SpoolReader(folder["s"]).Read(0)).Record;
        Assert.Equal(record.Run, back.Run);
        Assert.Equal(points, back.Points);
    }

    [Fact]
    public void The_system_has_a_record_when_Append_returns()
    {
        using var folder = new TempFolder();
        using var writer = new SpoolWriter(folder["s"]);
        writer.Append(new SpoolRecord { Op = SpoolRecord.Resume, Run = "a" });
        Assert.Single(new SpoolReader(folder["s"]).Read(0));
        using FileStream other = new(folder["s"], FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        Assert.Equal((byte)'\n', new BinaryReader(other, Encoding.UTF8).ReadBytes((int)other.Length)[^1]);
    }

    [Theory]
    [InlineData("loss", "loss")]
    [InlineData("dice.left kidney", "dice.left kidney")]
    [InlineData("dice/gallbladder (gb)", "dice/gallbladder _gb_")]
    [InlineData("a//b/./c/", "a/b/c")]
    [InlineData("../x", "x")]
    [InlineData("..x", "_..x")]
    [InlineData("größe", "größe")]
    [InlineData("", "_")]
    [InlineData("tab\there", "tab_here")]
    public void Names_are_converted_to_ones_that_servers_accept(string name, string expected)
    {
        Assert.Equal(expected, EntityRules.CleanKey(name));
        EntityRules.CheckKey("metric", expected);
    }

    [Fact]
    public void Long_names_are_cut_and_stay_different()
    {
        string first = EntityRules.CleanKey(new string('k', 300) + "1"), second = EntityRules.CleanKey(new string('k', 300) + "2");
        Assert.Equal(250, first.Length);
        Assert.NotEqual(first, second);
        Assert.Matches("^k{241}-[0-9a-f]{8}$", first);
        Assert.Equal(256, EntityRules.CleanName(new string('n', 999), 256).Length);
    }

    private static void Write(string path, int first, int count)
    {
        using var writer = new SpoolWriter(path);
        for (int i = first; i < first + count; i++) writer.Append(new SpoolRecord { Op = SpoolRecord.Resume, Run = $"r{i}" });
    }
}
