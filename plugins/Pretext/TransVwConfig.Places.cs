using HiEndMae.Configuration.Shared;
using HiEndMae.Imaging;

namespace HiEndMae.Plugins.Pretext;

public sealed partial record TransVwConfig : IPlaceFinder
{
    private const int Tries = 100, LeastDistance = 5, FirstOffset = -10, LastOffset = 9, ShortestEdge = 50, LongestEdge = 79, OfEdge = 64, Varied = 2;

    /// <summary>Chooses words: for each, a random reference case, its nearest cases, and one random place in all of them.</summary>
    /// <remarks>Source: fhaghighi/TransVW, self_discovery/pattern_generator_3D.py. Its rule that a place must show lung is left out.</remarks>
    IReadOnlyList<CropPlace> IPlaceFinder.Find(IReadOnlyList<DescribedCase> cases, Size3 crop, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(cases);
        if (cases.Count < NumWords) throw new PluginException($"transvw needs a reference case for each of {NumWords} words, and there are {cases.Count} cases; lower num_words.");
        var random = new SplitMix64(SplitMix64.Mix(seed));
        double[][] features = [.. cases.Select(one => one.Features.ToArray())];
        int[] references = Permuted(cases.Count, ref random);
        var found = new List<CropPlace>();
        var earlier = new List<Size3>();
        for (int word = 0; word < NumWords; word++)
        {
            DescribedCase[] nearest = [.. TransVwWords.Nearest(features, references[word]).Take(WordCases).Select(index => cases[index])];
            Size3 start = Place(nearest, crop, earlier, ref random);
            earlier.Add(start);
            foreach (DescribedCase one in nearest)
            {
                found.Add(new CropPlace(one.Id, start, crop, word));
                for (int i = 0; i < Varied; i++) found.Add(Vary(one, start, crop, word, ref random));
            }
        }
        return found;
    }

    // Draws a place that lies inside every case, and away from earlier places if there is room.
    private Size3 Place(DescribedCase[] cases, Size3 crop, List<Size3> earlier, ref SplitMix64 random)
    {
        Span<int> start = stackalloc int[3];
        for (int i = 0; ; i++)
        {
            for (int axis = 0; axis < 3; axis++)
            {
                int current = axis, side = cases.Min(one => one.Size[current]), first = WordBorder[axis], last = side - crop[axis] - WordBorder[axis];
                if (last < first)
                    throw new PluginException($"transvw keeps crops of {crop} voxels {WordBorder[axis]} voxels away from the borders of a case, and a case has {side} voxels along {"xyz"[axis]}; lower word_border, or use smaller crops or spacings.");
                start[axis] = first + (int)(random.NextDouble() * (last - first + 1));
            }
            var place = new Size3(start[0], start[1], start[2]);
            if (i == Tries || earlier.All(one => Math.Max(Math.Abs(one.X - place.X), Math.Max(Math.Abs(one.Y - place.Y), Math.Abs(one.Z - place.Z))) >= LeastDistance)) return place;
        }
    }

    // Another place and another edge along x and y, as large as the case allows.
    private static CropPlace Vary(DescribedCase one, Size3 start, Size3 crop, int word, ref SplitMix64 random)
    {
        double scale = (ShortestEdge + (random.NextDouble() * (LongestEdge - ShortestEdge))) / OfEdge;
        (int x, int lengthX) = Moved(start.X, crop.X, one.Size.X, scale, ref random);
        (int y, int lengthY) = Moved(start.Y, crop.Y, one.Size.Y, scale, ref random);
        return new CropPlace(one.Id, new Size3(x, y, start.Z), new Size3(lengthX, lengthY, crop.Z), word);
    }

    private static (int Start, int Length) Moved(int start, int edge, int side, double scale, ref SplitMix64 random)
    {
        int length = Math.Clamp((int)Math.Round(edge * scale), 1, side);
        double offset = (FirstOffset + (random.NextDouble() * (LastOffset - FirstOffset + 1))) * edge / OfEdge;
        return (Math.Clamp(start + (int)Math.Floor(offset), 0, side - length), length);
    }

    private static int[] Permuted(int count, ref SplitMix64 random)
    {
        int[] order = [.. Enumerable.Range(0, count)];
        for (int i = count - 1; i > 0; i--)
        {
            int other = (int)(random.NextDouble() * (i + 1));
            (order[i], order[other]) = (order[other], order[i]);
        }
        return order;
    }
}
