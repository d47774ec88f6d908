using HiEndMae.Configuration;
using HiEndMae.ExperimentFiles;

namespace HiEndMae.Generators.Tests;

/// <summary>Constraints between keys, on files, and in a record's own code, each reported at the key that it blames.</summary>
public sealed class ConstraintTests
{
    [Theory]
    [InlineData("root = \"no-such-folder\"", "HEM017", 1, 8)]
    [InlineData("labels = [\"liver\"]", "HEM018", 1, 10)]
    [InlineData("low = 2\nhigh = 1", "HEM019", 1, 7)]
    [InlineData("high = 200", "HEM046", 1, 8)]
    [InlineData("[[parts]]\nnumber = 1\n[[parts]]\nnumber = 3", "HEM019", 4, 10)]
    [InlineData("[named.a]\nnumber = 3", "HEM019", 2, 10)]
    [InlineData("cache = \"4 gigs\"", "HEM011", 1, 9)]
    [InlineData("cache = 4096", "HEM011", 1, 9)]
    [InlineData("scale = 1e39", "HEM012", 1, 9)]
    [InlineData("count = 1.0", "HEM011", 1, 9)]
    public void A_forbidden_value_is_reported_at_its_key(string toml, string id, int line, int column)
    {
        ConfigDiagnostic found = Assert.Single(Check(toml));
        Assert.Equal((id, line, column), (found.Id, found.Source.Line, found.Source.Column));
    }

    [Theory]
    [InlineData("root = \".\"")]
    [InlineData("labels = [\"liver\"]\nnum_classes = 2")]
    [InlineData("low = 1\nhigh = 2")]
    [InlineData("high = 50")]
    [InlineData("cache = \"1.5GB\"\nscale = 3\ncount = 9000000000")]
    public void An_allowed_value_is_not_reported(string toml) => Assert.Empty(Check(toml));

    [Theory]
    [InlineData("4GiB", 4L << 30)]
    [InlineData("512 MiB", 512L << 20)]
    [InlineData("1.5kB", 1500)]
    [InlineData("0B", 0)]
    [InlineData("8TiB", 8L << 40)]
    public void Sizes_are_read_and_written(string text, long bytes)
    {
        Assert.True(ByteSize.TryParse(text, out ByteSize size));
        Assert.Equal(bytes, size.Bytes);
        Assert.True(ByteSize.TryParse(size.ToString(), out ByteSize again));
        Assert.Equal(size, again);
    }

    [Theory]
    [InlineData("")]
    [InlineData("4")]
    [InlineData("GiB")]
    [InlineData("-1GiB")]
    [InlineData("99999999TiB")]
    [InlineData("1e3GiB")]
    public void An_invalid_size_is_refused(string text) => Assert.False(ByteSize.TryParse(text, out _));

    private static List<ConfigDiagnostic> Check(string toml)
    {
        var found = new List<ConfigDiagnostic>();
        ConfigTable table = TomlReader.Read(toml, "checks.toml", found.Add)!;
        if (ConfigChecker.Check(table, ChecksConfig.Schema, "the sample", new CheckContext([], found.Add) { GetVariable = _ => null }))
            ChecksConfig.Read(table, new BindContext([], _ => null)).Check(table, "the sample", found.Add);
        return found;
    }
}
