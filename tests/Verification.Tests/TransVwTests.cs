using HiEndMae.Configuration.Shared;
using HiEndMae.Counting;
using HiEndMae.Imaging;
using HiEndMae.Plugins.Encoders;
using HiEndMae.Plugins.Pretext;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Verification.Tests;

/// <summary>What no golden of TransVW shows: files of words, one transformation per crop, and the counts of layers.</summary>
public sealed class TransVwTests : IDisposable
{
    private readonly string file = Path.GetTempFileName();

    public void Dispose() => File.Delete(file);

    [Fact]
    public void Words_are_read_with_their_places()
    {
        File.WriteAllText(file, """{"places": [{"case": "a", "class": 2, "start": [1, 2, 3], "size": [8, 9, 10]}, {"case": "b", "class": 0, "start": [0, 0, 0], "size": [8, 8, 8]}]}""");
        Assert.Equal([new CropPlace("a", new Size3(1, 2, 3), new Size3(8, 9, 10), 2), new CropPlace("b", default, Size3.Cube(8), 0)], new TransVwConfig { Words = file, NumWords = 3 }.Places());
        Assert.Empty(new TransVwConfig().Places());
    }

    [Theory]
    [InlineData("{", "cannot be read")]
    [InlineData("{}", "'places' is missing")]
    [InlineData("""{"places": []}""", "no places")]
    [InlineData("""{"places": [{"class": 0, "start": [0, 0, 0], "size": [8, 8, 8]}]}""", "place 0 has no 'case'")]
    [InlineData("""{"places": [{"case": "a", "class": 0, "start": [0, 0], "size": [8, 8, 8]}]}""", "'start' of place 0")]
    [InlineData("""{"places": [{"case": "a", "class": 5, "start": [0, 0, 0], "size": [8, 8, 8]}]}""", "raise num_words")]
    [InlineData("""{"places": [{"case": "a", "class": 0, "start": [-1, 0, 0], "size": [8, 8, 8]}]}""", "is no box")]
    public void Wrong_words_are_refused_with_what_is_wrong(string text, string expected)
    {
        File.WriteAllText(file, text);
        Assert.Contains(expected, Assert.Throws<PluginException>(() => new TransVwConfig { Words = file, NumWords = 5 }.Places()).Message);
    }

    [Fact]
    public void A_word_is_the_same_place_in_the_cases_that_are_nearest_to_its_reference()
    {
        // Two kinds of cases, far from one another.
        DescribedCase[] cases = [.. Enumerable.Range(0, 8).Select(i => new DescribedCase($"c{i}", new Size3(90 + i, 80, 40), [10.0 * (i / 4), 0.1 * i]))];
        IPlaceFinder finder = new TransVwConfig { NumWords = 6, WordCases = 4, WordBorder = new Size3(2, 3, 1) };
        var crop = new Size3(64, 64, 32);
        IReadOnlyList<CropPlace> places = finder.Find(cases, crop, 5);
        Assert.Equal(6 * 4 * 3, places.Count);
        Assert.Equal(places, finder.Find(cases, crop, 5));
        Assert.NotEqual(places, finder.Find(cases, crop, 6));
        foreach (IGrouping<int, CropPlace> word in places.GroupBy(place => place.Class))
        {
            string[] shown = [.. word.Select(place => place.Case).Distinct().Order()];
            Assert.True(shown.SequenceEqual(["c0", "c1", "c2", "c3"]) || shown.SequenceEqual(["c4", "c5", "c6", "c7"]), string.Join(", ", shown));
            Size3 start = Assert.Single(word.Where(place => place.Size == crop).GroupBy(place => place.Start), same => same.Count() >= 4).Key;
            Assert.InRange(start.X, 2, cases.Where(one => shown.Contains(one.Id)).Min(one => one.Size.X) - 64 - 2);
            Assert.InRange(start.Y, 3, 80 - 64 - 3);
        }
        Assert.All(places, place =>
        {
            Size3 size = cases.Single(one => one.Id == place.Case).Size;
            Assert.InRange(place.Size.X, 50, 79);
            Assert.True(place.Start.X >= 0 && place.Start.Y >= 0 && place.Start.Z >= 0 && place.Start.X + place.Size.X <= size.X && place.Start.Y + place.Size.Y <= size.Y && place.Start.Z + place.Size.Z <= size.Z);
        });
        Assert.Contains("lower num_words", Assert.Throws<PluginException>(() => finder.Find(cases[..5], crop, 5)).Message);
        Assert.Contains("word_border", Assert.Throws<PluginException>(() => finder.Find(cases, new Size3(64, 76, 32), 5)).Message);
    }

    [Fact]
    public void Each_crop_gets_one_of_four_transformations_and_the_draw_decides_it_alone()
    {
        Size3 size = new(20, 20, 20);
        var noise = new SplitMix64(1);
        float[] crop = [.. Enumerable.Range(0, (int)size.Count).Select(_ => (float)noise.NextDouble())];
        var config = new TransVwConfig { ElasticStrength = 0 };
        var changed = new List<int>();
        for (ulong seed = 0; seed < 40; seed++)
        {
            float[] one = new float[crop.Length], other = new float[crop.Length];
            SplitMix64 first = new(seed), second = new(seed);
            TransVwDamage.Apply(crop, one, size, config, ref first);
            TransVwDamage.Apply(crop, other, size, config, ref second);
            Assert.Equal(one, other);
            changed.Add(one.Zip(crop).Count(pair => pair.First != pair.Second));
        }
        // Five windows of at most 2^3 voxels, one box of 3 to 6 voxels per side, all but a box, or every intensity.
        Assert.All(changed, count => Assert.True(count <= 40 || count is >= 27 and <= 216 || count > 4000, $"{count}"));
        Assert.Contains(changed, count => count <= 26);
        Assert.Contains(changed, count => count is > 40 and <= 216);
        Assert.Contains(changed, count => count > 4000);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_counter_s_parameters_are_those_of_the_task(bool withWords)
    {
        using DisposeScope scope = NewDisposeScope();
        var crop = new Size3(16, 24, 16);
        using var encoder = new Unet3dEncoder(new Unet3dConfig { Widths = [4, 8, 12] }, new EncoderContext(1, crop, EncoderUse.Pretraining));
        var config = new TransVwConfig { Words = withWords ? file : null, NumWords = 5, ClassChannels = 7 };
        var context = new DecoderContext(encoder.Info, crop);
        using var task = new TransVwTask(config, context);
        IReadOnlyList<OperationCount> parts = ((IDecoderCounter)config).Count(context, 0.75);
        Assert.Equal(task.parameters().Sum(parameter => parameter.numel()), parts.Sum(part => part.Parameters));
        Assert.Equal((crop.Count * 4) + (withWords ? (4 * 6 * 4 * 27 * 12 * 7) + (7 * 5) : 0), parts.Sum(part => part.MultiplyAdds));
    }
}
