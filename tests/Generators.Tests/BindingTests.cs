using HiEndMae.Configuration;
using HiEndMae.Imaging;

namespace HiEndMae.Generators.Tests;

/// <summary>Generated code at work: reading, defaults, writing, and every check.</summary>
public sealed class BindingTests
{
    [Fact]
    public void Missing_keys_have_their_defaults_also_in_nested_tables()
    {
        SampleConfig config = Read(Table(("num_heads", 4L), ("part", Table(("first", 0.5)))));
        Assert.Equal(12, config.Width);
        Assert.Equal(Flavour.SinCos, config.Flavour);
        Assert.Equal(0.5, config.Part.First);
        Assert.Equal(0.75, config.Part.Second);
        Assert.Null(config.Other);
        Assert.Null(config.Limit);
    }

    [Fact]
    public void Every_kind_of_value_is_read()
    {
        SampleConfig config = Read(Table(
            ("num_heads", 2L), ("width", 8L), ("flavour", "plain"), ("crop", List(32L, 48L, 64L)), ("spacing_mm", 2L), ("patience", "1.5h"),
            ("layers", List(1L, 2L)), ("mode", "exact"), ("other", Table()), ("limit", 9L), ("weights", Table(("a", 0.5)))));
        Assert.Equal(new Size3(32, 48, 64), config.Crop);
        Assert.Equal(Spacing3.Isotropic(2), config.SpacingMm);
        Assert.Equal(TimeSpan.FromMinutes(90), config.Patience);
        Assert.Equal(Flavour.Plain, config.Flavour);
        Assert.Equal([1, 2], config.Layers);
        Assert.Equal("exact", config.Mode);
        Assert.Equal(0.25, config.Other!.First);
        Assert.Equal(9, config.Limit);
        Assert.Equal(0.5, config.Weights["a"]);
    }

    [Fact]
    public void A_written_config_reads_as_equal()
    {
        SampleConfig config = Read(Table(("num_heads", 3L), ("crop", 40L), ("limit", 2L)));
        SampleConfig again = Read(config.ToTable());
        Assert.Equal(TomlText.Document(config.ToTable()), TomlText.Document(again.ToTable()));
        Assert.Contains("crop = [40, 40, 40]", TomlText.Document(again.ToTable()));
    }

    [Fact]
    public void The_fingerprint_changes_only_with_keys_that_can_change_results()
    {
        string Of(params (string, object)[] entries) => ConfigFingerprint.Of(Read(Table(entries)).ToTable(), SampleConfig.Schema, []);
        Assert.Equal(Of(("num_heads", 4L)), Of(("num_heads", 4L), ("limit", 5L)));
        Assert.Equal(Of(("num_heads", 4L)), Of(("num_heads", 4L), ("width", 12L)));
        Assert.NotEqual(Of(("num_heads", 4L)), Of(("num_heads", 4L), ("width", 16L)));
    }

    [Theory]
    [InlineData("HEM010", "num_heads", null)]
    [InlineData("HEM011", "num_heads", "four")]
    [InlineData("HEM011", "num_heads", 1.5)]
    [InlineData("HEM012", "num_heads", 0L)]
    [InlineData("HEM013", "width", 13L)]
    [InlineData("HEM014", "mode", "exat")]
    [InlineData("HEM014", "flavour", "sincos")]
    [InlineData("HEM011", "patience", "soon")]
    [InlineData("HEM021", "num_head", 4L)]
    public void Each_kind_of_wrong_value_has_its_own_error(string id, string key, object? value)
    {
        var entries = new List<(string, object)> { ("num_heads", 4L) };
        entries.RemoveAll(entry => entry.Item1 == key);
        if (value is not null) entries.Add((key, value));
        ConfigDiagnostic error = Assert.Single(Check(Table([.. entries])));
        Assert.Equal(id, error.Id);
        Assert.Contains(key, error.Message);
    }

    [Fact]
    public void A_misspelt_key_gets_the_nearest_name_and_all_errors_come_at_once()
    {
        IReadOnlyList<ConfigDiagnostic> errors = Check(Table(("num_heads", 0L), ("widht", 8L), ("part", Table(("first", 2.0), ("secnd", 0.1)))));
        Assert.Equal(["HEM012", "HEM012", "HEM021", "HEM021"], errors.Select(error => error.Id).Order());
        Assert.Contains(errors, error => error.Message.Contains("did you mean 'width'?", StringComparison.Ordinal));
        Assert.Contains(errors, error => error.Message.Contains("[part]", StringComparison.Ordinal) && error.Message.Contains("'second'", StringComparison.Ordinal));
    }

    [Fact]
    public void The_schema_matches_the_record()
    {
        KeySchema heads = SampleConfig.Schema.Keys[0], flavour = SampleConfig.Schema.Keys.Single(key => key.Name == "flavour");
        Assert.True(heads.Required);
        Assert.Equal((1, 64), (heads.Minimum, heads.Maximum));
        Assert.Equal("Heads.", heads.Summary);
        Assert.Equal("\"sin-cos\"", flavour.Default);
        Assert.Equal(["plain", "sin-cos"], flavour.Values);
    }

    [Theory]
    [InlineData("mask_ration", "mask_ratio", 1)]
    [InlineData("ab", "ba", 1)]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("", "abc", 3)]
    public void Distance_counts_edits(string a, string b, int distance) => Assert.Equal(distance, NearestName.Distance(a, b));

    private static SampleConfig Read(ConfigTable table)
    {
        Assert.Empty(Check(table));
        return SampleConfig.Read(table, new BindContext([], _ => null));
    }

    private static List<ConfigDiagnostic> Check(ConfigTable table)
    {
        var found = new List<ConfigDiagnostic>();
        ConfigChecker.Check(table, SampleConfig.Schema, "the sample", new CheckContext([], found.Add) { GetVariable = _ => null });
        return found;
    }

    private static ConfigTable Table(params (string Key, object Value)[] entries) =>
        new([.. entries.Select(entry => new ConfigEntry(entry.Key, entry.Value as ConfigNode ?? new ConfigScalar(entry.Value, default), default))], default);

    private static ConfigArray List(params object[] items) => new([.. items.Select(item => new ConfigScalar(item, default))], default);
}
