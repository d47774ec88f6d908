namespace HiEndMae.Plugins.Datasets.Phantoms;

/// <summary>Skin, fat, muscle, the cavity with its fat, and the table on which the patient lies.</summary>
internal sealed class Body
{
    private const double Air = -1000, SkinThickness = 2.5;
    private readonly Texture fibres;
    private readonly Texture grain;
    private readonly Enhancement tissues;
    private readonly double tableTop;
    private readonly double tableCurve;
    private readonly double tableX;

    private Body(PhantomRandom random, Enhancement tissues)
    {
        this.tissues = tissues;
        double cavityX = random.Between(117, 136), cavityY = random.Between(78, 96), fat = random.Between(0, 1);
        double side = random.Between(13, 18), front = random.Between(10, 14), back = random.Between(38, 46);
        Cavity = new Outline(cavityX, cavityY, 0);
        Muscle = new Outline(cavityX + side, cavityY + (front + back) / 2, (front - back) / 2);
        double fatSide = 9 + 34 * fat, fatFront = 8 + 38 * fat, fatBack = 8 + 22 * fat;
        Skin = new Outline(Muscle.HalfWidth + fatSide, Muscle.HalfDepth + (fatFront + fatBack) / 2, Muscle.Middle + (fatFront - fatBack) / 2);
        fibres = new Texture(random.NextBits());
        grain = new Texture(random.NextBits());
        tableTop = Skin.Middle - Skin.HalfDepth - random.Between(1, 9);
        tableCurve = random.Between(0.0006, 0.0011);
        tableX = random.Within(12);
    }

    /// <summary>Inner side of the abdominal wall.</summary>
    public Outline Cavity { get; }

    /// <summary>Outer side of the muscles.</summary>
    public Outline Muscle { get; }

    /// <summary>The body's surface.</summary>
    public Outline Skin { get; }

    /// <summary>Draws a body.</summary>
    public static Body Draw(PhantomRandom random, Enhancement tissues) => new(random, tissues);

    /// <summary>Intensity of the body without organs, HU.</summary>
    /// <param name="p">Place, mm.</param>
    /// <param name="skin">Distance to <see cref="Skin"/>, mm.</param>
    /// <param name="cavity">Distance to <see cref="Cavity"/>, mm.</param>
    /// <param name="voxel">Edge of a voxel, mm, over which surfaces are blended.</param>
    public double At(in Point p, double skin, double cavity, double voxel)
    {
        if (skin > voxel / 2) return Table(p, voxel);
        double value = Inside(p, skin, cavity, voxel);
        return skin < -voxel / 2 ? value : Blend(value, Table(p, voxel), skin, voxel);
    }

    private double Inside(in Point p, double skin, double cavity, double voxel)
    {
        double fat = tissues.Fat + 5 * grain.At(p, 9);
        if (cavity < -voxel / 2) return fat;
        double muscle = Muscle.Distance(p), value = muscle > voxel / 2 ? 0 : Wall(p, cavity, muscle, voxel, fat);
        if (muscle > -voxel / 2)
        {
            // Septa of connective tissue: thin sheets where smooth noise crosses zero.
            double subcutaneous = fat + 55 * Math.Clamp(1 - Math.Abs(fibres.At(p, 22)) / 0.05, 0, 1);
            value = Blend(value, subcutaneous, muscle, voxel);
        }
        return skin > -SkinThickness - voxel ? Blend(value, 15, skin + SkinThickness, voxel) : value;
    }

    private double Wall(in Point p, double cavity, double muscle, double voxel, double fat)
    {
        double thickness = cavity - muscle, part = cavity / thickness;
        double value = tissues.Muscle + 6 * grain.At(p, 7);
        // Three flat muscles at the sides with fat between them, and the pair of straight muscles that meets in the midline.
        double sheets = Math.Min(Math.Abs(part - 0.36), Math.Abs(part - 0.68)) * thickness;
        bool front = p.Y > Cavity.HalfDepth * 0.55;
        double gap = front ? Math.Min(Math.Abs(p.X) - 2, Math.Abs(Math.Abs(p.X) - 68) - 1.5) : sheets - 0.7;
        // Fat in the large muscles of the back.
        if (p.Y < -Cavity.HalfDepth * 0.7) gap = 6 * (Math.Abs(fibres.At(p, 17)) - 0.1) + 1;
        value += (fat - value) * 0.8 * Math.Clamp(0.5 - gap / voxel, 0, 1);
        return Blend(fat, value, cavity, voxel);
    }

    private double Table(in Point p, double voxel)
    {
        const double Thickness = 22, Shell = 4, HalfWidth = 215;
        double x = p.X - tableX, depth = tableTop + tableCurve * x * x - p.Y; // below the table's upper side
        double outside = Math.Max(Math.Max(-depth, depth - Thickness), Math.Abs(x) - HalfWidth);
        if (outside > voxel / 2) return Air;
        bool shell = outside > -Shell;
        return Blend(shell ? 30 : -930, Air, outside, voxel);
    }

    // The first value applies inside a surface, the second outside.
    private static double Blend(double inside, double outside, double distance, double voxel)
    {
        double part = Math.Clamp(0.5 - distance / voxel, 0, 1);
        return outside + (inside - outside) * part;
    }
}
